using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>Makes rows as the table's columns take them.</summary>
/// <param name="columns">The columns.</param>
/// <param name="table">The table, for messages.</param>
/// <param name="key">Columns by which rows are merged; none where they are not.</param>
/// <param name="repertoire">The characters of the database, which was asked about all that come; null for all.</param>
/// <param name="errors">Receives the rows set aside.</param>
internal sealed class RowConversion(TargetColumns columns, string table, IReadOnlyList<string> key, Repertoire? repertoire, IRowErrorHandler errors)
    : BatchConversion(columns.Copied.Select(c => new WrittenColumn(c.Source, c.Info.Name, c.Write.Type, c.Info.TypeText)), PostgresErrors.ValueDoesNotFit, table, errors)
{
    private readonly string _table = table;
    private readonly HashSet<string> _unchanged = new(StringComparer.Ordinal);

    /// <summary>Columns that rows since the last <see cref="Clear"/> name as not sent.</summary>
    public IReadOnlyCollection<string> Unchanged => _unchanged;

    /// <summary>An epoch has ended.</summary>
    public void Clear() => _unchanged.Clear();

    protected override void Check(RecordBatch batch, IReadOnlyList<Column> made, RowFaults faults)
    {
        BinaryColumn? op = columns.Op is { } opColumn ? (BinaryColumn)made[Array.IndexOf([.. columns.Copied], opColumn)] : null;
        ListColumn? unchanged = columns.Unchanged is null ? null : (ListColumn)made[^1];
        Remember(unchanged);
        for (int i = 0; i < made.Count; i++)
        {
            TargetColumn target = columns.Copied[i];
            ValueChecks.Find(
                made[i], target, key.Contains(target.Info.Name), key.Count > 0 ? op : null, unchanged,
                (row, message) => faults.Add(row, target.Info.Name, $"The value of column '{target.Info.Name}' ({target.Info.TypeText}) {message}."),
                repertoire);
        }
    }

    // Rarely any: values that are kept beside their row.
    private void Remember(ListColumn? unchanged)
    {
        if (unchanged is null || unchanged.NullCount == unchanged.Length)
        {
            return;
        }

        var names = (BinaryColumn)unchanged.Items;
        for (int i = unchanged.Offsets[0]; i < unchanged.Offsets[unchanged.Length]; i++)
        {
            string name = Encoding.UTF8.GetString(names[i]);
            if (_unchanged.Add(name) && columns.All.All(c => c.Info.Name != name))
            {
                throw PostgresErrors.SchemaMisfit.Error(
                    $"A row leaves the value of '{name}' as it was, and the rows have no such column.", new ErrorPlace { Stream = _table }, "A column of a read of changes keeps its name.");
            }
        }
    }
}
