using Millrace.Columnar;
using Millrace.Sdk;
using Millrace.Sql.Catalog;

namespace Millrace.Runtime.Sql;

/// <summary>Rows that stand in a suite, as tables.</summary>
internal static class SuiteRows
{
    /// <summary>Columns as <c>{name: type}</c>.</summary>
    public static Schema Columns(OptionNode node)
    {
        if (node is not OptionMap map)
        {
            throw SuiteErrors.BadSuite.Error("Columns are a group of names with types: {id: integer, name: varchar}.", node.Place);
        }

        return new Schema(map.Entries.Select(e => new Field(e.Name, TypeOf(e.Value))));
    }

    /// <summary>A table of rows.</summary>
    /// <param name="name">Name of the table.</param>
    /// <param name="schema">Its columns.</param>
    /// <param name="rows">A list of rows; null for none.</param>
    /// <param name="watermark">How far its time is complete; null for a table without.</param>
    public static MemoryTable Table(string name, Schema schema, OptionNode? rows, TableWatermark? watermark = null)
    {
        IReadOnlyList<OptionNode> items = rows switch
        {
            null => [],
            OptionList list => list.Items,
            _ => throw SuiteErrors.BadSuite.Error("Rows are a list.", rows.Place),
        };
        if (items.Count == 0)
        {
            return new MemoryTable(name, schema) { Watermark = watermark };
        }

        var columns = new List<Column>();
        try
        {
            for (int i = 0; i < schema.Count; i++)
            {
                columns.Add(ColumnOf(schema, i, items));
            }

            return new MemoryTable(name, schema, new RecordBatch(schema, items.Count, [.. columns])) { Watermark = watermark };
        }
        catch
        {
            columns.ForEach(c => c.Dispose());
            throw;
        }
    }

    /// <summary>A batch without rows.</summary>
    public static RecordBatch NoRows(Schema schema)
        => new(schema, 0, [.. schema.Fields.Select(f =>
        {
            using ColumnBuilder builder = ColumnBuilder.Create(f.Type, 0);
            return builder.Build();
        })]);

    private static Column ColumnOf(Schema schema, int column, IReadOnlyList<OptionNode> rows)
    {
        using var builder = new BinaryBuilder(DataType.Utf8, rows.Count);
        foreach (OptionNode row in rows)
        {
            if (TextOf(schema, column, row) is { } text)
            {
                builder.Append(text);
            }
            else
            {
                builder.AppendNull();
            }
        }

        using Column texts = builder.Build();
        CastResult cast = Cast.To(texts, schema[column].Type);
        if (cast.Failures is [var failure, ..])
        {
            cast.Column.Dispose();
            throw SuiteErrors.BadSuite.Error($"Column '{schema[column].Name}': {failure.Message}", rows[failure.Row].Place);
        }

        return cast.Column;
    }

    private static string? TextOf(Schema schema, int column, OptionNode row)
    {
        switch (row)
        {
            case OptionList list when list.Items.Count == schema.Count:
                return Text(list.Items[column]);
            case OptionList list:
                throw SuiteErrors.BadSuite.Error($"A row has {list.Items.Count} values, and the table {schema.Count} columns.", row.Place);
            case OptionMap map:
                foreach (OptionEntry entry in map.Entries)
                {
                    if (schema.IndexOf(entry.Name) < 0)
                    {
                        throw SuiteErrors.BadSuite.Error($"There is no column '{entry.Name}'{NearestName.Suggest(entry.Name, schema.Fields.Select(f => f.Name))}.", entry.NamePlace);
                    }
                }

                return map.Entries.FirstOrDefault(e => schema.IndexOf(e.Name) == column)?.Value is { } value ? Text(value) : null;
            case OptionScalar when schema.Count == 1:
                return Text(row);
            default:
                throw SuiteErrors.BadSuite.Error("A row is a list of values, or a group of values by column.", row.Place);
        }
    }

    // Nested values are written as JSON.
    private static string? Text(OptionNode node) => node switch
    {
        OptionScalar { IsNull: true } => null,
        OptionScalar scalar => scalar.Text,
        _ => throw SuiteErrors.BadSuite.Error("A value is a single text; write arrays and structs as JSON in quotes.", node.Place),
    };

    private static DataType TypeOf(OptionNode node)
    {
        try
        {
            return node is OptionScalar scalar ? DataType.Parse(scalar.Text) : throw SuiteErrors.BadSuite.Error("A type is a name such as integer or decimal(10,2).", node.Place);
        }
        catch (MillraceException e) when (e.Place is null)
        {
            throw e.At(node.Place);
        }
    }
}
