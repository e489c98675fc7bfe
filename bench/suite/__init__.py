"""The parts of `./dev bench`: what is run, how it is measured, how it is written down."""
