"""Who: organizations, roles, teams, people, sign-in and doors."""
