"""What an administrator may change by hand."""

from django.contrib import admin

from generations.models import AccountBucket, PriceOverride


@admin.register(PriceOverride)
class PriceOverrideAdmin(admin.ModelAdmin):
    """An account's own prices, beside the catalogue's."""

    list_display = ("account", "model", "kind", "rate_usd", "price_usd")
    list_filter = ("kind",)
    list_select_related = ("account",)


@admin.register(AccountBucket)
class AccountBucketAdmin(admin.ModelAdmin):
    """An account's own limits of what isn't a video; empty ones are the catalogue's."""

    list_display = ("account", "bucket", "concurrent_limit", "per_minute_limit", "pace_s")
    list_filter = ("bucket",)
    list_select_related = ("account",)
