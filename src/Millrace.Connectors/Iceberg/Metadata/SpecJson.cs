using System.Text.Json;

namespace Millrace.Connectors.Iceberg;

/// <summary>Partition specs and sort orders as JSON (specification, appendix C).</summary>
internal static class SpecJson
{
    public static PartitionSpec Read(MetadataNode node) => new(node.Require("spec-id").Int(), ReadFields(node.Require("fields")));

    /// <summary>The fields alone, as version 1 and the headers of manifests have them. Ids that are missing count up.</summary>
    public static IReadOnlyList<SpecField> ReadFields(MetadataNode node)
    {
        var fields = new List<SpecField>();
        var ids = new HashSet<int>();
        foreach (MetadataNode field in node.Items())
        {
            int id = field.Optional("field-id")?.Int() ?? PartitionSpec.FirstFieldId + fields.Count;
            if (!ids.Add(id))
            {
                throw field.Fault($"has the id {id} of another field");
            }

            int[] sources = SourcesOf(field);
            fields.Add(new SpecField(sources[0], id, field.Require("name").Text(), TransformOf(field, sources)) { FurtherIds = sources[1..] });
        }

        return fields;
    }

    public static string FieldsToText(PartitionSpec spec) => JsonDocuments.Write(json => WriteFields(json, spec));

    public static void Write(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartObject();
        json.WriteNumber("spec-id", spec.Id);
        json.WritePropertyName("fields");
        WriteFields(json, spec);
        json.WriteEndObject();
    }

    public static void WriteFields(Utf8JsonWriter json, PartitionSpec spec)
    {
        json.WriteStartArray();
        foreach (SpecField field in spec.Fields)
        {
            json.WriteStartObject();
            WriteSources(json, field.SourceId, field.FurtherIds);
            json.WriteNumber("field-id", field.FieldId);
            json.WriteString("name", field.Name);
            json.WriteString("transform", field.Transform.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // One column, or since version 3 a list of them.
    private static int[] SourcesOf(MetadataNode field) => field.Optional("source-ids")?.Items() switch
    {
        null => [field.Require("source-id").Int()],
        [] => throw field.Fault("has no columns in 'source-ids'"),
        var ids => [.. ids.Select(id => id.Int())],
    };

    // One of several columns is none that is known here, whatever it is called.
    private static Transform TransformOf(MetadataNode field, int[] sources)
    {
        string text = field.Require("transform").Text();
        return sources.Length == 1 ? Transform.Parse(text) : new Transform(TransformKind.Unknown, 0, text);
    }

    private static void WriteSources(Utf8JsonWriter json, int first, IReadOnlyList<int> further)
    {
        if (further.Count == 0)
        {
            json.WriteNumber("source-id", first);
        }
        else
        {
            json.WriteList("source-ids", further.Prepend(first), static (j, id) => j.WriteNumberValue(id));
        }
    }

    public static SortOrder ReadOrder(MetadataNode node) => new(
        node.Require("order-id").Int(),
        [.. node.Require("fields").Items().Select(ReadSortField)]);

    private static SortField ReadSortField(MetadataNode field)
    {
        int[] sources = SourcesOf(field);
        return new SortField(
            sources[0], TransformOf(field, sources), Choice(field.Require("direction"), "asc", "desc"), !Choice(field.Require("null-order"), "nulls-first", "nulls-last"))
        {
            FurtherIds = sources[1..],
        };
    }

    public static void WriteOrder(Utf8JsonWriter json, SortOrder order)
    {
        json.WriteStartObject();
        json.WriteNumber("order-id", order.Id);
        json.WriteStartArray("fields");
        foreach (SortField field in order.Fields)
        {
            json.WriteStartObject();
            json.WriteString("transform", field.Transform.ToString());
            WriteSources(json, field.SourceId, field.FurtherIds);
            json.WriteString("direction", field.Descending ? "desc" : "asc");
            json.WriteString("null-order", field.NullsFirst ? "nulls-first" : "nulls-last");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // Whether it is the second of two words.
    private static bool Choice(MetadataNode node, string first, string second) => node.Text() switch
    {
        var text when text == second => true,
        var text when text == first => false,
        var text => throw node.Fault($"is '{text}', expected {first} or {second}"),
    };
}
