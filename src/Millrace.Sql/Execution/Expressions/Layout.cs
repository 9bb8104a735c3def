using System.Collections.Frozen;
using System.Diagnostics;
using Millrace.Columnar;
using Millrace.Sql.Binding;

namespace Millrace.Sql.Execution;

/// <summary>Where the columns of a plan stand in the batches that carry them. Immutable.</summary>
public sealed class Layout
{
    private readonly FrozenDictionary<ColumnVariable, int> _numbers;

    /// <param name="columns">The variable of each column of a batch.</param>
    public Layout(IReadOnlyList<ColumnVariable> columns)
    {
        Columns = columns;
        var numbers = new Dictionary<ColumnVariable, int>();
        for (int i = 0; i < columns.Count; i++)
        {
            // A variable may stand in several columns; all of them have its values.
            numbers.TryAdd(columns[i], i);
        }

        _numbers = numbers.ToFrozenDictionary();
    }

    public static Layout Empty { get; } = new([]);

    /// <summary>The variable of each column.</summary>
    public IReadOnlyList<ColumnVariable> Columns { get; }

    /// <summary>The number of the column that has a variable's values.</summary>
    public int this[ColumnVariable variable]
        => _numbers.TryGetValue(variable, out int number) ? number : throw new UnreachableException($"The plan has no column {variable} here.");

    public bool Contains(ColumnVariable variable) => _numbers.ContainsKey(variable);

    /// <summary>The fields of the batches.</summary>
    public Schema ToSchema() => new(Columns.Select(c => c.ToField()));
}
