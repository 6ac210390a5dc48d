"""UCI Online Retail: a real year of a British gift shop (CC BY 4.0, D. Chen; read from where it lies, never shipped)."""
