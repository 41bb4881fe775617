"""What people see: one module for each noun."""
