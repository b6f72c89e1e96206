"""A ticket of Ida's and the people around it."""

from aftercare import ada, house, nora, pim, team, ticket  # noqa: F401
