"""Liquid compiled to Python: python-liquid reads a template, and what it read becomes one Python function that writes the text.

Nothing of a template ever stands in the source of that function: names, texts and numbers are constants with names of ours. What the
compiler does not know, python-liquid's own nodes do; what is nested too deep for Python, python-liquid renders as a whole.
"""
