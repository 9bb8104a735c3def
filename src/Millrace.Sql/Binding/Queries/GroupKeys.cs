using Millrace.Columnar;
using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>The keys of GROUP BY, each once, and the sets in which they are grouped by.</summary>
internal sealed class GroupKeys
{
    // CUBE of twelve keys; more sets than that are a slip.
    private const int MaxSets = 4096;

    private readonly List<BoundExpression> _keys = [];
    private readonly Dictionary<BoundExpression, int> _numbers = new(ExpressionComparer.Instance);
    private List<List<int>> _sets = [[]];

    public IReadOnlyList<BoundExpression> Keys => _keys;

    /// <summary>Whether GROUPING SETS, ROLLUP or CUBE was written.</summary>
    public bool HasSets { get; private set; }

    public IReadOnlyList<IReadOnlyList<int>> Sets => _sets;

    /// <summary>Adds a key to all sets.</summary>
    public void Add(BoundExpression key)
    {
        int number = Number(key);
        foreach (List<int> set in _sets)
        {
            if (!set.Contains(number))
            {
                set.Add(number);
            }
        }
    }

    /// <summary>Combines every set so far with every one of these.</summary>
    public void Add(IReadOnlyList<IReadOnlyList<BoundExpression>> sets, TextSpan span)
    {
        HasSets = true;
        if ((long)_sets.Count * sets.Count > MaxSets)
        {
            throw BindingErrors.TooComplex($"GROUP BY has more than {MaxSets} grouping sets.", span);
        }

        int[][] numbers = [.. sets.Select(s => s.Select(Number).ToArray())];
        _sets = [.. _sets.SelectMany(left => numbers.Select(right => left.Union(right).ToList()))];
    }

    /// <summary>The number of a key; -1 for what is none.</summary>
    public int Find(BoundExpression expression) => _numbers.GetValueOrDefault(expression, -1);

    /// <summary>The value of GROUPING for the rows of a set: a bit for each argument, the last lowest.</summary>
    public static int Grouping(IReadOnlyList<int> arguments, IReadOnlyList<int> set)
        => arguments.Aggregate(0, (bits, key) => (bits << 1) | (set.Contains(key) ? 0 : 1));

    /// <summary>The value of <see cref="LogicalAggregate.GroupingId"/> for the rows of a set.</summary>
    public long Id(IReadOnlyList<int> set) => Enumerable.Range(0, _keys.Count).Aggregate(0L, (bits, key) => (bits << 1) | (set.Contains(key) ? 0L : 1L));

    private int Number(BoundExpression key)
    {
        if (!_numbers.TryGetValue(key, out int number))
        {
            if (key.Type.Id == TypeId.Map)
            {
                throw BindingErrors.WrongType($"Values of {key.Type} cannot be grouped by.", key.Span);
            }

            number = _keys.Count;
            _keys.Add(key);
            _numbers.Add(key, number);
        }

        return number;
    }
}
