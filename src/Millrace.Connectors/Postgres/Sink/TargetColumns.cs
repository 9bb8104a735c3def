using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The columns of the rows to write beside those of the table: how each is converted, encoded and, where the server has no binary
/// form that is known here, cast by it.
/// </summary>
internal sealed class TargetColumns
{
    private readonly TargetColumn[] _columns;

    private TargetColumns(TargetColumn[] columns, TargetColumn? op, TargetColumn? unchanged)
    {
        _columns = columns;
        Op = op;
        Unchanged = unchanged;
        Copied = [.. columns, .. op is null ? [] : new[] { op }, .. unchanged is null ? [] : new[] { unchanged }];
    }

    /// <summary>The columns that are stored.</summary>
    public IReadOnlyList<TargetColumn> All => _columns;

    /// <summary>The column that says what happened to a row; null where rows are only rows.</summary>
    public TargetColumn? Op { get; }

    /// <summary>The column that names what was not sent of a row; null for none.</summary>
    public TargetColumn? Unchanged { get; }

    /// <summary>The columns that are sent: those that are stored, and those that say what happened to a row.</summary>
    public IReadOnlyList<TargetColumn> Copied { get; }

    public string CopiedNames => string.Join(", ", Copied.Select(c => c.Sql));

    /// <summary>Whether every column can be copied straight into the table.</summary>
    public bool AreDirect => Array.TrueForAll(_columns, c => !c.Write.IsCast || c.TakesText);

    /// <summary>Names in SQL, separated by commas.</summary>
    public string Names => string.Join(", ", _columns.Select(c => c.Sql));

    /// <summary>What stands behind INSERT INTO and the table: the names, and that numbers are to be taken which the server would give itself. COPY takes them as they are.</summary>
    public string Inserted(string others = "") => $"({Names}{others}){(Array.Exists(_columns, c => c.Info.IsNumbered) ? " OVERRIDING SYSTEM VALUE" : "")}";

    /// <summary>What a staging table selects to fill the table.</summary>
    public string Casts => string.Join(", ", _columns.Select(c => c.Cast));

    /// <summary>Columns of a staging table.</summary>
    public string Staging => string.Join(", ", Copied.Select(c => $"{c.Sql} {c.Write.Sent}"));

    /// <param name="schema">Of the rows.</param>
    /// <param name="table">As it is after <see cref="TableShape.Changes"/>.</param>
    /// <param name="types">All types that its columns need.</param>
    /// <param name="merges">Whether rows are merged, so that what happened to them is not stored.</param>
    public static TargetColumns Of(Schema schema, TableInfo table, IReadOnlyDictionary<uint, PgType> types, bool merges)
    {
        var columns = new List<TargetColumn>();
        bool areChanges = merges && schema.IndexOf(ChangeColumns.Op) >= 0;
        for (int i = 0; i < schema.Count; i++)
        {
            Field field = schema[i];
            if (areChanges && ChangeColumns.All.Contains(field.Name))
            {
                continue;
            }

            ColumnInfo? column = table.Columns.FirstOrDefault(c => c.Name == field.Name);
            if (column is null)
            {
                continue;
            }

            if (column.IsGenerated)
            {
                throw PostgresErrors.SchemaMisfit.Error($"The column '{column.Name}' of {table.Name} is computed by the server and cannot be written.", new ErrorPlace { Stream = table.Name.ToString(), Field = column.Name }, "Leave it out with `columns:`.");
            }

            DataType source = field.Type.Id == TypeId.Dictionary ? field.Type.DictionaryValue : field.Type;
            WriteType write = WriteType.Find(types, column.Type, source);
            if (!Columnar.Cast.IsPossible(field.Type, write.Type))
            {
                throw PostgresErrors.SchemaMisfit.Error($"{field.Type} cannot become {column.TypeText}.", new ErrorPlace { Stream = table.Name.ToString(), Field = column.Name }, "Convert it with `columns:` or `transform:`.");
            }

            PgType? type = types.GetValueOrDefault(column.Type);
            bool isText = type is { IsBuiltIn: true, Name: "text" or "varchar" or "bpchar" };
            columns.Add(new TargetColumn(i, column, write, isText || type is { Kind: PgTypeKind.Enum } or { IsBuiltIn: true, Name: "xml" }, isText));
        }

        TargetColumn? Extra(string name, WriteType write)
            => areChanges && schema.IndexOf(name) is >= 0 and int at
                ? new TargetColumn(at, new ColumnInfo(name, 0, -1, NotNull: false, write.Sent, null, IsGenerated: false, HasDefault: false), write, TakesText: true, IsText: true)
                : null;
        return new TargetColumns([.. columns], Extra(ChangeColumns.Op, WriteType.Text), Extra(ChangeColumns.Unchanged, WriteType.Texts));
    }

    public RowEncoder MakeEncoder() => new([.. Copied.Select(c => c.Write.Encoder())]);
}

/// <param name="Source">Its place among the columns of the rows.</param>
/// <param name="Info">The column.</param>
/// <param name="Write">How it is written.</param>
/// <param name="TakesText">Whether text is its binary form.</param>
/// <param name="IsText">Whether it is of a type of texts. A cast would cut off what is too long, which an assignment refuses.</param>
internal sealed record TargetColumn(int Source, ColumnInfo Info, WriteType Write, bool TakesText, bool IsText)
{
    public string Sql => TableName.Quote(Info.Name);

    public string Cast => Write.IsCast && !IsText ? $"{Sql}::{Info.TypeText}" : Sql;
}
