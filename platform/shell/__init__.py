"""The frame of every page: layout, menu, components, styles, charts."""
