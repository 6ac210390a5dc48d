"""Liquid compiled to Python: python-liquid reads a template, and what it read becomes one Python function that writes the text.

Nothing of a template ever stands in the source of that function: names, texts and numbers are constants with names of ours. What the
compiler does not know, python-liquid's own nodes do; what is nested too deep for Python, python-liquid renders as a whole.
An environment may set `turns_limit`: how many turns all loops of a template take together.

Text, errors and their places are python-liquid's, over its own golden cases and over random templates. One thing differs: what is written
is counted at each turn of a loop and every few dozen pieces, not at each piece; so where a template writes more than it may, the fault may
name a place shortly after.
"""
