using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Files;

/// <summary>Leaves out files whose folders rule out a predicate. A predicate on a folder's column holds for all rows of a file or for none.</summary>
internal sealed class PartitionPruning
{
    private readonly List<FolderTest> _tests = [];

    public PartitionPruning(HiveColumns hive, IReadOnlyList<ColumnPredicate> predicates)
    {
        bool all = true;
        foreach (ColumnPredicate predicate in predicates)
        {
            Field? field = hive.Fields.FirstOrDefault(f => f.Name.Equals(predicate.Column, StringComparison.OrdinalIgnoreCase));
            if (field is not null && IsComparable(field, predicate))
            {
                _tests.Add(new FolderTest(field, predicate, predicate.Operator == PredicateOperator.In ? Sorted(predicate.Value!) : []));
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

    public bool Keeps(FileEntry file) => _tests.TrueForAll(t => Holds(t, HiveColumns.ParseValue(t.Field, file)));

    private static bool IsComparable(Field field, ColumnPredicate predicate)
        => predicate.Value is null
            ? predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull
            : predicate.Value.Type.Equals(field.Type) && predicate.Value.NullCount == 0;

    private static int[] Sorted(Column constants)
    {
        int[] order = new int[constants.Length];
        Sort.Indices([new SortKey(constants)], order);
        return order;
    }

    private static bool Holds(FolderTest test, object? value)
    {
        ColumnPredicate predicate = test.Predicate;
        if (predicate.Operator is PredicateOperator.IsNull or PredicateOperator.IsNotNull)
        {
            return value is null == (predicate.Operator == PredicateOperator.IsNull);
        }

        if (value is null)
        {
            return false;
        }

        // Text is ordered by its bytes, as everywhere.
        object key = value is string text ? Encoding.UTF8.GetBytes(text) : value;
        if (predicate.Operator == PredicateOperator.In)
        {
            return IsListed(key, predicate.Value!, test.Order);
        }

        int order = Order(key, predicate.Value!, 0);
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

    private static bool IsListed(object value, Column constants, int[] order)
    {
        int first = SortedSearch.FirstFrom(order.Length, (value, constants, order), static (s, i) => Order(s.value, s.constants, s.order[i]) > 0);
        return first < order.Length && Order(value, constants, order[first]) == 0;
    }

    private static int Order(object value, Column constants, int row) => constants switch
    {
        FixedColumn<long> number => ((long)value).CompareTo(number.Values[row]),
        FixedColumn<int> day => ((int)value).CompareTo(day.Values[row]),
        BinaryColumn text => ((byte[])value).AsSpan().SequenceCompareTo(text[row]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <param name="Field">The column of the folders.</param>
    /// <param name="Predicate">What is asked of it; borrowed.</param>
    /// <param name="Order">Of a list, the numbers of its constants in their order.</param>
    private sealed record FolderTest(Field Field, ColumnPredicate Predicate, int[] Order);
}
