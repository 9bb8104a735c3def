using System.Collections.Frozen;

namespace Millrace.Sql.Functions;

/// <summary>All functions by name.</summary>
public sealed class FunctionTable
{
    private readonly FrozenDictionary<string, SqlFunction> _byName;
    private readonly FrozenDictionary<string, SqlFunction> _overWindows;

    public FunctionTable(IEnumerable<SqlFunction> functions)
    {
        All = [.. functions.GroupBy(f => f.Name, StringComparer.Ordinal).SelectMany(Joined).OrderBy(f => f.Name, StringComparer.Ordinal)];
        FrozenDictionary<string, SqlFunction> windows = ByName(All.Where(f => f is WindowFunction));
        FrozenDictionary<string, SqlFunction> others = ByName(All.Where(f => f is not WindowFunction));
        _byName = windows.Where(w => !others.ContainsKey(w.Key)).Concat(others).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        _overWindows = others.Where(o => !windows.ContainsKey(o.Key)).Concat(windows).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<SqlFunction> All { get; }

    /// <summary>All names and aliases.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>A function by name or alias, in any case. A name can be that of a window function and of another: <c>first_value</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="over">Whether it is called with <c>OVER</c>: then the window function is meant.</param>
    public SqlFunction? Find(string name, bool over = false) => (over ? _overWindows : _byName).GetValueOrDefault(name);

    /// <summary>A table with the functions of an assembly too, which take the place of those that were loaded from it before.</summary>
    public FunctionTable With(IReadOnlyList<SqlFunction> loaded)
    {
        SqlFunction[] others = [.. All.Where(f => f.Origin is null || !loaded.Any(l => l.Origin == f.Origin))];
        var taken = new Dictionary<string, SqlFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (SqlFunction function in others)
        {
            foreach (string name in function.Aliases.Prepend(function.Name))
            {
                taken.TryAdd(name, function);
            }
        }

        foreach (SqlFunction function in loaded)
        {
            if (taken.GetValueOrDefault(function.Name) is { } other)
            {
                throw UserFunctionErrors.NameTakenCode.Error($"{function.Origin} has a function '{function.Name}', and {other.Origin ?? "Millrace"} has one of that name.");
            }
        }

        return new FunctionTable([.. others, .. loaded]);
    }

    private static FrozenDictionary<string, SqlFunction> ByName(IEnumerable<SqlFunction> functions)
    {
        var byName = new Dictionary<string, SqlFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (SqlFunction function in functions)
        {
            foreach (string name in function.Aliases.Prepend(function.Name))
            {
                if (!byName.TryAdd(name, function))
                {
                    throw new ArgumentException($"Two functions have the name {name}.");
                }
            }
        }

        return byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

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
