using System.Collections.Frozen;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Files;

/// <summary>Where the value of an output column comes from.</summary>
internal enum ColumnOrigin
{
    File,
    Folder,
    Path,
}

/// <summary>The columns of a plan: their types, and where each one comes from.</summary>
internal sealed class PlanColumns
{
    private PlanColumns(Schema schema, ColumnOrigin[] origins, FrozenSet<string> declared)
    {
        Schema = schema;
        Origins = origins;
        Declared = declared;
    }

    public Schema Schema { get; }

    public IReadOnlyList<ColumnOrigin> Origins { get; }

    /// <summary>Columns whose type the request gave.</summary>
    public FrozenSet<string> Declared { get; }

    /// <summary>All columns on offer: those of the files, then those of the folders, which win over a file's of the same name, then the path.</summary>
    public static Schema Offer(FileSchema files, HiveColumns hive, string? fileColumn)
    {
        IEnumerable<Field> extra = hive.Fields;
        if (fileColumn is not null)
        {
            extra = extra.Append(new Field(fileColumn, DataType.Utf8, nullable: false));
        }

        Field[] added = [.. extra];
        return new Schema([.. files.Schema.Fields.Where(f => !Array.Exists(added, e => e.Name.Equals(f.Name, StringComparison.OrdinalIgnoreCase))), .. added]);
    }

    public static PlanColumns Choose(Schema offer, HiveColumns hive, string? fileColumn, ReadRequest request)
    {
        var fields = new List<Field>();
        var declared = new HashSet<string>(StringComparer.Ordinal);
        foreach (RequestedColumn wanted in request.Columns ?? [.. offer.Fields.Select(f => new RequestedColumn(f.Name))])
        {
            Field field = offer[offer.Require(wanted.Name)];
            if (OriginOf(field.Name, hive, fileColumn) != ColumnOrigin.File)
            {
                // The runtime converts what the folders give, if another type is wanted.
                fields.Add(field);
                continue;
            }

            if (wanted.Type is { } type)
            {
                declared.Add(field.Name);
                fields.Add(field.WithType(type));
                continue;
            }

            string? widened = request.Widened.Keys.FirstOrDefault(k => k.Equals(field.Name, StringComparison.OrdinalIgnoreCase));
            fields.Add(widened is null ? field : Widen(field, request.Widened[widened]));
        }

        if (request.Columns is null)
        {
            // What the samples did not have and the rows do.
            fields.AddRange(request.Widened.Where(w => offer.IndexOf(w.Key) < 0).OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => new Field(w.Key, w.Value)));
        }

        return new PlanColumns(new Schema(fields), [.. fields.Select(f => OriginOf(f.Name, hive, fileColumn))], declared.ToFrozenSet(StringComparer.Ordinal));
    }

    private static Field Widen(Field field, DataType type)
        => field.Metadata.ContainsKey(FieldMetadata.Unseen)
            ? field.WithoutMetadata(FieldMetadata.Unseen).WithType(type)
            : field.WithType(Common.TypeUnion.Of(field.Type, type) ?? type);

    private static ColumnOrigin OriginOf(string name, HiveColumns hive, string? fileColumn)
        => name == fileColumn ? ColumnOrigin.Path : hive.Fields.Any(f => f.Name == name) ? ColumnOrigin.Folder : ColumnOrigin.File;
}
