using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>The columns of the rows to write beside those of the table: how each is converted and encoded.</summary>
internal sealed class TargetColumns
{
    private TargetColumns(TargetColumn[] columns, TargetColumn? op, int unchanged)
    {
        Stored = columns;
        Sent = op is null ? columns : [.. columns, op];
        Unchanged = unchanged;
    }

    /// <summary>The columns that are stored.</summary>
    public IReadOnlyList<TargetColumn> Stored { get; }

    /// <summary>The columns that are sent: those that are stored, and the one that says what happened to a row.</summary>
    public IReadOnlyList<TargetColumn> Sent { get; }

    /// <summary>Whether rows say what happened to them.</summary>
    public bool AreChanges => Sent.Count > Stored.Count;

    /// <summary>Place, among the columns of the rows, of the names of values that were not sent; -1 for none.</summary>
    public int Unchanged { get; }

    /// <summary>Names in SQL, separated by commas, of what is stored.</summary>
    public string Names => string.Join(", ", Stored.Select(c => c.Sql));

    /// <summary>The same of what is sent.</summary>
    public string SentNames => string.Join(", ", Sent.Select(c => c.Sql));

    /// <summary>What LOAD DATA does with the fields of a line.</summary>
    public string Fields
    {
        get
        {
            IEnumerable<string> fields = Sent.Select((c, i) => c.Write.IsPlain ? c.Sql : $"@_millrace_{i}");
            string[] sets = [.. Sent.Select((c, i) => c.Write.IsPlain ? "" : $"{c.Sql} = {c.Write.Before}@_millrace_{i}{c.Write.Behind}").Where(s => s.Length > 0)];
            return $"({string.Join(", ", fields)}){(sets.Length == 0 ? "" : $" SET {string.Join(", ", sets)}")}";
        }
    }

    /// <param name="schema">Of the rows.</param>
    /// <param name="table">As it is after <see cref="TableShape.Changes"/>.</param>
    /// <param name="merges">Whether rows are merged, so that what happened to them is not stored.</param>
    public static TargetColumns Of(Schema schema, TableInfo table, bool merges)
    {
        var columns = new List<TargetColumn>();
        bool areChanges = merges && schema.IndexOf(ChangeColumns.Op) >= 0;
        for (int i = 0; i < schema.Count; i++)
        {
            Field field = schema[i];
            if ((areChanges && ChangeColumns.All.Contains(field.Name)) || table.Find(field.Name) is not { } column)
            {
                continue;
            }

            var place = new ErrorPlace { Stream = table.Name.ToString(), Field = column.Name };
            if (column.IsGenerated)
            {
                throw MySqlErrors.SchemaMisfit.Error($"The column '{column.Name}' of {table.Name} is computed by the server and cannot be written.", place, "Leave it out with `columns:`.");
            }

            DataType source = field.Type.Id == TypeId.Dictionary ? field.Type.DictionaryValue : field.Type;
            WriteType write = WriteType.Find(column, source);
            if (!Cast.IsPossible(field.Type, write.Type))
            {
                throw MySqlErrors.SchemaMisfit.Error($"{field.Type} cannot become {column.TypeText}.", place, "Convert it with `columns:` or `transform:`.");
            }

            columns.Add(new TargetColumn(i, column, write));
        }

        var happened = new ColumnInfo { Name = ChangeColumns.Op, Type = "varchar", TypeText = "varchar(8)", NotNull = false, HasDefault = true };
        return new TargetColumns(
            [.. columns],
            areChanges ? new TargetColumn(schema.IndexOf(ChangeColumns.Op), happened, WriteType.Text) : null,
            areChanges ? schema.IndexOf(ChangeColumns.Unchanged) : -1);
    }
}

/// <param name="Source">Its place among the columns of the rows.</param>
/// <param name="Info">The column.</param>
/// <param name="Write">How it is written.</param>
internal sealed record TargetColumn(int Source, ColumnInfo Info, WriteType Write)
{
    public string Sql => TableName.Quote(Info.Name);
}
