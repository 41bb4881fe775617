"""What an administrator may change by hand."""

from django.contrib import admin

from generations.models import PriceOverride


@admin.register(PriceOverride)
class PriceOverrideAdmin(admin.ModelAdmin):
    """An account's own prices, beside the catalogue's."""

    list_display = ("account", "model", "kind", "rate_usd", "price_usd")
    list_filter = ("kind",)
    list_select_related = ("account",)
