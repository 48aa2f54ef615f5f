"""What is seen: layouts, forms, figures. Knows compute's schemas and results, never services or pages."""
