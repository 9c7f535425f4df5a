"""An attack on what is published: somebody who knows everybody and reads everything.

Nothing of the application is imported here. What is asked and how answers count is repeated from its public texts.
"""
