"""What a rule is: the models of a policy file, the built-in policies, the published figures; read and checked."""
