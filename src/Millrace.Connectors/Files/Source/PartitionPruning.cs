using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Leaves out files whose folders rule out a predicate. A predicate on a folder's column holds for all rows of a file or for none.</summary>
internal sealed class PartitionPruning
{
    private readonly List<(Field Field, ColumnPredicate Predicate)> _tests = [];

    public PartitionPruning(HiveColumns hive, IReadOnlyList<ColumnPredicate> predicates)
    {
        bool all = true;
        foreach (ColumnPredicate predicate in predicates)
        {
            Field? field = hive.Fields.FirstOrDefault(f => f.Name.Equals(predicate.Column, StringComparison.OrdinalIgnoreCase));
            if (field is not null && IsComparable(field, predicate))
            {
                _tests.Add((field, predicate));
            }
            else
            {
                all = false;
            }
        }

        CoversAll = all;
    }

    /// <summary>Whether pruning does all that the predicates ask for.</summary>
    public bool CoversAll { get; }

    public bool Keeps(FileEntry file) => _tests.TrueForAll(t => Holds(t.Predicate, HiveColumns.ParseValue(t.Field, file)));

    private static bool IsComparable(Field field, ColumnPredicate predicate)
        => predicate.Value is null
            ? predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull
            : predicate.Value.Type.Equals(field.Type) && predicate.Value.NullCount == 0;

    private static bool Holds(ColumnPredicate predicate, object? value)
    {
        if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
        {
            return value is null == (predicate.Operator == PredicateOperator.IsNull);
        }

        if (value is null)
        {
            return false;
        }

        if (predicate.Operator == PredicateOperator.In)
        {
            return Enumerable.Range(0, predicate.Value!.Length).Any(i => Order(value, predicate.Value, i) == 0);
        }

        int order = Order(value, predicate.Value!, 0);
        return predicate.Operator switch
        {
            PredicateOperator.Equal => order == 0,
            PredicateOperator.NotEqual => order != 0,
            PredicateOperator.Less => order < 0,
            PredicateOperator.LessOrEqual => order <= 0,
            PredicateOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static int Order(object value, Column constants, int row) => constants switch
    {
        FixedColumn<long> number => ((long)value).CompareTo(number.Values[row]),
        FixedColumn<int> day => ((int)value).CompareTo(day.Values[row]),
        // Text is ordered by its bytes, as everywhere.
        BinaryColumn text => Encoding.UTF8.GetBytes((string)value).AsSpan().SequenceCompareTo(text[row]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
