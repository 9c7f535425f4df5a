"""The demonstration: a fictitious municipality modelled on a real pilot, to try everything out."""
