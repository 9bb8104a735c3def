using System.Collections.Frozen;

namespace Millrace.Sql.Functions;

/// <summary>All functions by name.</summary>
public sealed class FunctionTable
{
    private readonly FrozenDictionary<string, SqlFunction> _byName;

    public FunctionTable(IEnumerable<SqlFunction> functions)
    {
        All = [.. functions.OrderBy(f => f.Name, StringComparer.Ordinal)];
        var byName = new Dictionary<string, SqlFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (SqlFunction function in All)
        {
            foreach (string name in function.Aliases.Prepend(function.Name))
            {
                if (!byName.TryAdd(name, function))
                {
                    throw new ArgumentException($"Two functions have the name {name}.");
                }
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<SqlFunction> All { get; }

    /// <summary>All names and aliases.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>A function by name or alias, in any case.</summary>
    public SqlFunction? Find(string name) => _byName.GetValueOrDefault(name);
}
