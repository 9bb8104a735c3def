using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>
/// What a bad row of a file needs to be decoded without the file: its format with all that was sniffed, the columns of the
/// file, and those that its folders give.
/// </summary>
/// <param name="Format">Name of the format.</param>
/// <param name="Options">Options that differ from their defaults.</param>
/// <param name="Columns">Columns of the file, in its order.</param>
/// <param name="IsInferred">Whether their types were guessed.</param>
/// <param name="Folders">Columns of the folders.</param>
internal sealed record RowContext(string Format, OptionMap Options, Schema Columns, bool IsInferred, IReadOnlyList<Field> Folders)
{
    public static JsonObject Of(FileFormat format, FileInspection inspection, PlanColumns plan, HiveColumns hive) => new()
    {
        ["format"] = format.Name,
        ["options"] = OptionJson.Of(inspection.Options),
        ["columns"] = ToJson(inspection.Schema.Fields.Select(f => Planned(f, plan))),
        ["inferred"] = inspection.IsInferred,
        ["folders"] = ToJson(hive.Fields),
    };

    /// <summary>Reads what <see cref="Of"/> wrote.</summary>
    public static RowContext Parse(string? text, ErrorPlace place)
    {
        try
        {
            JsonObject json = JsonNode.Parse(text!)!.AsObject();
            return new RowContext(
                (string)json["format"]!,
                OptionJson.Parse(json["options"]!.AsObject(), place),
                new Schema(Fields(json["columns"]!)),
                (bool)json["inferred"]!,
                [.. Fields(json["folders"]!)]);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            throw FilesErrors.BadContext.Error("The row's context is not one that this connector writes.", place, inner: e);
        }
    }

    // A type that was guessed may have been widened since.
    private static Field Planned(Field field, PlanColumns plan)
    {
        int index = plan.Schema.IndexOf(field.Name);
        return index >= 0 && plan.Origins[index] == ColumnOrigin.File ? field.WithType(plan.Schema[index].Type) : field;
    }

    private static JsonArray ToJson(IEnumerable<Field> fields)
        => new([.. fields.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["type"] = f.Type.ToString() })]);

    private static IEnumerable<Field> Fields(JsonNode node)
        => node.AsArray().Select(f => new Field((string)f!["name"]!, TypeName.Parse((string)f["type"]!)));
}
