"""Django's database backend for tenants: django-tenants', closed where it fails open."""
