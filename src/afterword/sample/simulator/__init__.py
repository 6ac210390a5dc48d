"""A coffee and ceramics shop whose truth is known. Every person and every order follows from the seed alone."""
