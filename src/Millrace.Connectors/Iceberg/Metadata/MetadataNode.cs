using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>A value of a metadata document that knows where it stands, so that every fault can be told by its place.</summary>
internal readonly struct MetadataNode(JsonElement element, string path, string file)
{
    /// <summary>More of anything is taken for an attack or a defect.</summary>
    private const int MaxItems = 1 << 20;

    public JsonElement Element => element;

    public string Path => path;

    public MillraceException Fault(string fault) => IcebergErrors.Metadata(file, path, fault);

    /// <summary>A member of an object; null when it is absent or JSON's null.</summary>
    public MetadataNode? Optional(string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Fault($"is {Kind(element.ValueKind)}, expected an object");
        }

        return element.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null
            ? new MetadataNode(member, path.Length == 0 ? name : $"{path}.{name}", file)
            : null;
    }

    public MetadataNode Require(string name) => Optional(name) ?? throw Fault($"lacks '{name}'");

    public long Long() => element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value)
        ? value
        : throw Fault($"is {Shown()}, expected a whole number");

    public int Int() => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int value)
        ? value
        : throw Fault($"is {Shown()}, expected a whole number of 32 bits");

    public bool Bool() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault($"is {Shown()}, expected true or false"),
    };

    public string Text()
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw Fault($"is {Shown()}, expected a text");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault("holds half of a surrogate pair");
        }
    }

    public List<MetadataNode> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Fault($"is {Shown()}, expected a list");
        }

        int count = element.GetArrayLength();
        if (count > MaxItems)
        {
            throw Fault($"has {count} items, more than the {MaxItems} allowed");
        }

        var items = new List<MetadataNode>(count);
        foreach (JsonElement item in element.EnumerateArray())
        {
            items.Add(new MetadataNode(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{items.Count}]"), file));
        }

        return items;
    }

    /// <summary>The members of an object.</summary>
    public List<KeyValuePair<string, MetadataNode>> Members()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Fault($"is {Shown()}, expected an object");
        }

        var members = new List<KeyValuePair<string, MetadataNode>>();
        foreach (JsonProperty member in element.EnumerateObject())
        {
            string name = NameOf(member);
            members.Add(new(name, new MetadataNode(member.Value, $"{path}.{name}", file)));
        }

        return members;
    }

    /// <summary>An object of texts.</summary>
    public ImmutableSortedDictionary<string, string> Texts()
        => Members().ToImmutableSortedDictionary(m => m.Key, m => m.Value.Text(), StringComparer.Ordinal);

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Fault("has a name that holds half of a surrogate pair");
        }
    }

    private string Shown()
    {
        string text = element.GetRawText();
        return element.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Kind(element.ValueKind) : text.Length > 40 ? text[..40] + "…" : text;
    }

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
