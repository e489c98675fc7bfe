// Before the first paint: the theme and the density that were chosen on this device. Without a choice
// the style sheet follows the system.
(() => {
  try {
    const { dataset } = document.documentElement;
    const theme = localStorage.getItem('latchkey-theme');
    if (theme === 'light' || theme === 'dark') dataset.theme = theme;
    if (localStorage.getItem('latchkey-density') === 'compact') dataset.density = 'compact';
  } catch {
    // Storage may be forbidden; then the system decides.
  }
})();
