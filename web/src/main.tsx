import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import './ui/base.css';
import './ui/layout.css';
import './ui/controls.css';
import './ui/overlays.css';
import './ui/feedback.css';
import './ui/table.css';

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
