using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// Makes rows of a table of late rows. Stages that find late rows have columns of their own: the table has those of all of
/// them, by name, and nulls where a stage has none of that name.
/// </summary>
internal sealed class LateColumns
{
    // The column of late rows that each column of the table is made of.
    private readonly string[] _sources;

    private LateColumns(IReadOnlyList<(Field Field, string Source)> columns)
    {
        Schema = new Schema(columns.Select(c => c.Field));
        _sources = [.. columns.Select(c => c.Source)];
    }

    /// <summary>Columns of the table.</summary>
    public Schema Schema { get; }

    /// <summary>The columns of a query's late rows, checked against those that the table declares.</summary>
    public static LateColumns Of(StreamPlan plan, LateTarget target)
    {
        var offered = new List<Field>();
        foreach (Field field in plan.Stages.SelectMany(s => s.LateRows).SelectMany(s => s.Fields).Where(IsNamed))
        {
            Field? known = offered.Find(f => SameName(f, field.Name));
            if (known is not null && !known.Type.Equals(field.Type))
            {
                throw StreamingErrors.LateTable(target.Name, $"rows that come too late have two columns '{field.Name}', a {known.Type} and a {field.Type}", "Give one of them another name in a subquery.");
            }

            if (known is null)
            {
                offered.Add(field.WithNullable(true));
            }
        }

        if (offered.Count == 0)
        {
            throw StreamingErrors.LateTable(target.Name, "no row can be late for this query", "Rows are late for windows, and for joins that are bounded in time, over tables with a watermark.");
        }

        return new LateColumns(target.Columns.Count == 0 ? [.. offered.Select(f => (f, f.Name))] : [.. target.Columns.Select(c => (FieldOf(c, offered, target), c.Name))]);
    }

    /// <summary>Late rows of a stage as rows of the table, which the caller owns.</summary>
    public RecordBatch Shape(RecordBatch rows)
    {
        var columns = new Column[Schema.Count];
        for (int i = 0; i < columns.Length; i++)
        {
            int from = FindColumn(rows.Schema, _sources[i]);
            columns[i] = from >= 0 ? rows[from].Share() : Nulls(Schema[i].Type, rows.Length);
        }

        return new RecordBatch(Schema, rows.Length, columns);
    }

    private static Field FieldOf(TargetColumn declared, List<Field> offered, LateTarget target)
    {
        Field found = offered.Find(f => SameName(f, declared.Name)) ?? throw StreamingErrors.LateTable(
            target.Name,
            $"rows that come too late have no column '{declared.Name}'{NearestName.Suggest(declared.Name, offered.Select(f => f.Name))}",
            $"They have the columns that the query reads: {string.Join(", ", offered.Select(f => f.Name))}.");
        return declared.Type.Equals(found.Type)
            ? found.WithName(declared.StoredName ?? declared.Name)
            : throw StreamingErrors.LateTable(target.Name, $"its column '{declared.Name}' is a {declared.Type}, and that of late rows a {found.Type}", "Declare it so, or leave the columns out.");
    }

    // Names that no query can give stand for expressions and weights.
    private static bool IsNamed(Field field) => !field.Name.StartsWith('#');

    private static bool SameName(Field field, string name) => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase);

    private static int FindColumn(Schema schema, string wanted)
    {
        for (int i = 0; i < schema.Count; i++)
        {
            if (SameName(schema[i], wanted))
            {
                return i;
            }
        }

        return -1;
    }

    private static Column Nulls(DataType type, int rows)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(type, rows);
        for (int i = 0; i < rows; i++)
        {
            builder.AppendNull();
        }

        return builder.Build();
    }
}
