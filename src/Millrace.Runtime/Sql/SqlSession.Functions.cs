using Millrace.Sql.Binding;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <summary>Statements about functions.</summary>
public sealed partial class SqlSession
{
    private StatementResult DescribeFunction(DescribeFunctionStatement describe)
    {
        string name = describe.Name.Text;
        SqlFunction[] found = [.. Functions.All.Where(f => f.Aliases.Prepend(f.Name).Contains(name, StringComparer.OrdinalIgnoreCase))];
        if (found.Length == 0)
        {
            throw BindingErrors.UnknownFunctionCode.Error($"There is no function '{name}'{NearestName.Suggest(name, Functions.Names)}.", PlaceOf(describe.Name));
        }

        var lines = new List<string[]>();
        foreach (SqlFunction function in found)
        {
            lines.Add(["function", function.Name]);
            lines.Add(["does", function.Doc]);
            lines.Add(["kind", function.Category.ToString().ToLowerInvariant()]);
            lines.AddRange(function.Signatures.Select(s => new[] { "signature", s }));
            lines.AddRange(function.Aliases.Select(a => new[] { "alias", a }));
            lines.AddRange(function.Examples.Select(e => new[] { "example", $"{e.Sql} → {e.Result}" }));
            if (function.Origin is not null)
            {
                lines.Add(["from", function.Origin]);
            }
        }

        return Table(["property", "value"], lines);
    }

    private StatementResult Load(LoadStatement load)
    {
        IReadOnlyList<SqlFunction> loaded = Load(load.Path, new ErrorPlace { Offset = load.PathSpan.Start });
        return StatementResult.Of($"loaded {string.Join(", ", loaded.Select(f => f.Name))} from {loaded[0].Origin}");
    }

    /// <summary>Takes the functions of an assembly up; those that were loaded from it before are replaced.</summary>
    /// <param name="path">Path of the .dll, against the session's folder.</param>
    /// <param name="place">Where the path was given.</param>
    public IReadOnlyList<SqlFunction> Load(string path, ErrorPlace place)
    {
        try
        {
            IReadOnlyList<SqlFunction> loaded = FunctionAssembly.Load(Path.Combine(baseDirectory, VariableExpander.FromEnvironment.Expand(path, place)));
            Functions = Functions.With(loaded);
            return loaded;
        }
        catch (MillraceException e)
        {
            throw e.At(place);
        }
    }
}
