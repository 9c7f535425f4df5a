"""Bad input is tried on the municipalities of the walk, with its people and on all the forms it knows."""

from tests.walk.conftest import walk as walk
