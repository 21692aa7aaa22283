"""What may leave the house: a public set made of a designation, what it promises, and the attack that tests it."""
