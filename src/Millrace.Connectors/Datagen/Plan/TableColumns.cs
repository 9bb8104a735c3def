using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>Which columns a table has, and which of them are wanted.</summary>
internal static class TableColumns
{
    /// <summary>The columns of the table: those of its options, of the statement that declares it, and of its fields.</summary>
    /// <param name="options">Options of the table.</param>
    /// <param name="fields">Its fields, bound.</param>
    /// <param name="request">What whoever reads it knows of the columns.</param>
    public static IReadOnlyList<(string Name, DataType Type)> All(DatagenOptions options, FieldSet fields, ReadRequest request)
    {
        var columns = new List<(string Name, DataType Type)>();
        foreach ((string name, string type) in options.Columns)
        {
            columns.Add((name, Parse(name, type)));
        }

        // Columns of its own are all that the table has; those that are wanted otherwise may be a part of what it has.
        bool isWhole = columns.Count > 0 || request.Declared is not null;
        foreach (RequestedColumn declared in request.Declared ?? request.Columns ?? [])
        {
            if (options.Columns.Count == 0 && declared.Type is { } type && Find(columns, declared.Name) < 0)
            {
                columns.Add((declared.Name, type));
            }
        }

        foreach (NamedField field in fields.All.Where(f => Find(columns, f.Column) < 0))
        {
            if (isWhole)
            {
                throw DatagenErrors.Field(field.Column, $"has a field, and the table has no such column{NearestName.Suggest(field.Column, columns.Select(c => c.Name))}", field.Place);
            }

            columns.Add((field.Column, DefaultFields.TypeOf(field.Options)));
        }

        return columns.Count > 0 ? columns : throw DatagenErrors.NoColumns.Error("The table has no columns: none are declared, and there are no `columns` and no `fields`.");
    }

    /// <summary>The wanted columns in the order wanted.</summary>
    public static IReadOnlyList<(string Name, DataType Type)> Choose(IReadOnlyList<(string Name, DataType Type)> all, IReadOnlyList<RequestedColumn>? wanted)
    {
        if (wanted is null)
        {
            return all;
        }

        var schema = new Schema(all.Select(c => new Field(c.Name, c.Type)));
        return [.. wanted.Select(w => all[schema.Require(w.Name)])];
    }

    private static int Find(List<(string Name, DataType Type)> columns, string name)
        => columns.FindIndex(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static DataType Parse(string name, string type)
        => TypeName.TryParse(type, out DataType? parsed, out string? error)
            ? parsed!
            : throw SdkErrors.InvalidOption.Error($"The column '{name}' has the type '{type}', which is none ({error}).", new ErrorPlace { Field = name });
}
