using System.Collections.Frozen;

namespace Millrace.Sql.Functions;

/// <summary>All functions by name.</summary>
public sealed class FunctionTable
{
    private readonly FrozenDictionary<string, SqlFunction> _byName;

    public FunctionTable(IEnumerable<SqlFunction> functions)
    {
        All = [.. functions.GroupBy(f => f.Name, StringComparer.Ordinal).SelectMany(Joined).OrderBy(f => f.Name, StringComparer.Ordinal)];
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

    // An operator's sign can have meanings in several folders: `~` is one for numbers and one for texts.
    private static IEnumerable<SqlFunction> Joined(IGrouping<string, SqlFunction> sameName)
    {
        SqlFunction[] all = [.. sameName];
        if (all.Length == 1 || char.IsLetter(sameName.Key[0]) || all[0] is not ScalarFunction first || !Array.TrueForAll(all, f => f is ScalarFunction))
        {
            return all;
        }

        return
        [
            first with
            {
                Doc = string.Join(' ', all.Select(f => f.Doc)),
                Overloads = [.. all.SelectMany(f => ((ScalarFunction)f).Overloads)],
                Aliases = [.. all.SelectMany(f => f.Aliases)],
                Examples = [.. all.SelectMany(f => f.Examples)],
            },
        ];
    }
}
