"""How a value looks: money, quantities, days, icons, addresses with a changed parameter, and form fields."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from decimal import Decimal, InvalidOperation

import nh3
from django import forms, template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from nazorg.core import formats

register = template.Library()


# Money and numbers ------------------------------------------------------------------------------------------------------

@register.filter(name="money")
def money_filter(value, currency):
    """`{{ invoice.total|money:invoice.currency }}`: an amount in the reader's notation that never breaks over a line."""
    return _money(value, currency)


@register.simple_tag(name="money")
def money_tag(value, currency):
    """`{% money invoice.total invoice.currency %}`."""
    return _money(value, currency)


def _money(value, currency):
    if value is None or value == "":
        return ""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return ""
    css = "money is-negative" if number < 0 else "money"
    return format_html('<span class="{}">{}</span>', css, formats.amount(number, str(currency)))


@register.filter
def amount(value, currency):
    """An amount as plain text, for an attribute or a sentence."""
    return formats.amount(value, str(currency))


@register.filter
def quantity(value):
    return formats.quantity(value)


@register.filter
def percent(value):
    """A rate that is written in percents: `21` → `21%`."""
    return formats.percent(value)


# Time -------------------------------------------------------------------------------------------------------------------

def _time(value, text, css=""):
    if not value:
        return ""
    stamp = timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', stamp.isoformat(), formats.long_moment(value),
                       mark_safe(f' class="{css}"') if css else "", text)


@register.filter
def day(value):
    """`9 Nov 2026`, with the weekday in its tooltip."""
    return _time(value, formats.day(value))


@register.filter
def moment(value):
    """`9 Nov 2026, 14:30`."""
    return _time(value, formats.moment(value))


@register.filter
def clock(value):
    """`14:30`."""
    return _time(value, formats.clock(value)) if value else ""


@register.filter
def ago(value):
    """`3 minutes ago`, kept current by app.js; a plain day becomes its date."""
    if not isinstance(value, dt.datetime):
        return day(value)
    return _time(value, formats.ago(value), "ago")


# Small markup -----------------------------------------------------------------------------------------------------------

@register.simple_tag
def icon(name, label="", css=""):
    """An icon of the sprite: decoration unless it has a label. `{% icon "ticket" %}`."""
    href = f"{static('ui/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon {}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href)
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


@register.simple_tag(takes_context=True)
def query(context, **changes):
    """This page's parameters with some changed: `href="{% query page=2 %}"`; an empty or None value drops the parameter."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = value
    # In a fragment the address is the fragment's own, so the path is always given.
    return f"{context['request'].path}?{parameters.urlencode()}" if parameters else context["request"].path


@register.simple_tag(takes_context=True)
def sorting(context, column, parameter="order"):
    """How a column sorts now (`ascending`, `descending` or ``) and the address that turns it round."""
    now = context["request"].GET.get(parameter, "")
    turned = f"-{column}" if now == column else column
    direction = {column: "ascending", f"-{column}": "descending"}.get(now, "")
    return {"direction": direction, "url": query(context, **{parameter: turned, "page": None, "after": None, "before": None})}


@register.simple_tag(takes_context=True)
def others(context, *dropped):
    """This page's parameters but for some, as hidden inputs of a form that filters by GET."""
    gone = {name for one in dropped for name in str(one).split()} | {"page", "after", "before"}
    pairs = [(k, v) for k, values in context["request"].GET.lists() if k not in gone for v in values]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


@register.filter
def initials(name):
    """`Anna de Vries` → `AV`."""
    words = [w for w in str(name).replace("-", " ").split() if w[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def hue(name):
    """One of eight colours that belongs to a name for ever."""
    return hashlib.sha1(str(name).encode(), usedforsecurity=False).digest()[0] % 8


@register.filter
def minus(value, other):
    return int(value) - int(other)


@register.filter
def key(value):
    """A short id made of a text, the same each time."""
    text = str(value)
    return (slugify(text)[:24] or "k") + hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:4]


@register.simple_tag
def pages(page, around=1):
    """The numbers to show for a Page of a Paginator: `[1, None, 4, 5, 6, None, 20]`."""
    last = page.paginator.num_pages
    shown = sorted({1, last, *range(max(1, page.number - around), min(last, page.number + around) + 1)})
    out = []
    for number in shown:
        if out and out[-1] is not None and number - out[-1] > 1:
            out.append(None)
        out.append(number)
    return out


class CaptureNode(template.Node):
    """Renders its content into a variable, so that a block can be shown twice (a page's title and its heading)."""

    def __init__(self, nodelist, name):
        self.nodelist, self.name = nodelist, name

    def render(self, context):
        context[self.name] = mark_safe(self.nodelist.render(context).strip())
        return ""


@register.tag
def capture(parser, token):
    """`{% capture as name %}…{% endcapture %}`."""
    bits = token.split_contents()
    if len(bits) != 3 or bits[1] != "as":
        raise template.TemplateSyntaxError("capture is written: capture as NAME")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, bits[2])


# HTML from outside ------------------------------------------------------------------------------------------------------

MESSAGE_TAGS = {"a", "b", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "hr", "i",
                "img", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
                "tfoot", "th", "thead", "tr", "u", "ul"}
MESSAGE_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "td": {"colspan", "rowspan"},
                      "th": {"colspan", "rowspan", "scope"}, "ol": {"start"}, "blockquote": {"cite"}}


def _ours_only(tag, attribute, value):
    """A picture from elsewhere would tell its sender that and when the mail was read: only our own files and data stay."""
    if tag == "img" and attribute == "src":
        local = value.startswith("/") and not value.startswith("//")
        return value if local or value.startswith(("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp")) else None
    return value


PICTURE = re.compile(r'<img((?:\s+[a-z]+="[^"]*")*)\s*/?>')


def _picture(found):
    """A picture that lost its source goes; one without a description is decoration."""
    attributes = found.group(1)
    if ' src="' not in attributes:
        return ""
    return found.group(0) if ' alt="' in attributes else f'<img{attributes} alt="">'


@register.filter
def markup(value):
    """A message's HTML made safe: text, lists, tables, links and pictures of our own; no style, script or tracker."""
    return mark_safe(PICTURE.sub(_picture, nh3.clean(str(value or ""), tags=MESSAGE_TAGS, attributes=MESSAGE_ATTRIBUTES, attribute_filter=_ours_only,
                               url_schemes={"http", "https", "mailto", "tel", "data"}, link_rel="noopener noreferrer nofollow",
                               set_tag_attribute_values={"a": {"target": "_blank"}})))


# Forms ------------------------------------------------------------------------------------------------------------------

def control_class(widget) -> str:
    """The class that makes a Django widget look like the rest of the house."""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return ""  # Django puts the class on the list as well as on each input
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


def kind_of(bound) -> str:
    """How the field's template lays it out: hidden, check, choices, money or line."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.MultiWidget):
        return "group"
    return getattr(widget, "kind", "line")


@register.simple_tag
def control(bound, **extra):
    """The bare widget of a bound field, with the classes of the house."""
    attrs = {name.replace("_", "-"): value for name, value in extra.items()}
    css = [bound.field.widget.attrs.get("class", ""), control_class(bound.field.widget), "is-invalid" if bound.errors else ""]
    attrs["class"] = " ".join(c for c in (*css, attrs.get("class", "")) if c)
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def field(bound, label=None, help=None, css="", **attrs):
    """A whole field: label, control, help and errors, joined for assistive technology. `{% field form.name %}`.

    `label` and `help` replace the form's own; `css` goes on the wrapper; anything else on the control, with `_` for `-`
    (`hx_get="…"`).
    """
    if not bound:
        return ""
    return mark_safe(render_to_string("ui/field.html", {
        "field": bound, "kind": kind_of(bound), "label": bound.label if label is None else label,
        "help": bound.help_text if help is None else help, "css": css, "control": control(bound, **attrs),
        "switch": getattr(bound.field.widget, "is_switch", False),
    }))
