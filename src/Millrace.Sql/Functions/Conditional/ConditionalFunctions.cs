using Millrace.Columnar;

namespace Millrace.Sql.Functions;

/// <summary>Functions and forms that choose between values, and conversions.</summary>
internal static class ConditionalFunctions
{
    public static IReadOnlyList<SqlFunction> All { get; } =
    [
        new ScalarFunction("greatest", FunctionCategory.Conditional, "The greatest of the values that are not null.", [Extreme(Extremes.Greatest)])
        {
            Examples = [new("greatest(1, 3, 2)", "3"), new("greatest(1, null)", "1")],
        },
        new ScalarFunction("least", FunctionCategory.Conditional, "The smallest of the values that are not null.", [Extreme(Extremes.Least)])
        {
            Examples = [new("least(3, 1.5, 2)", "1.5")],
        },
        new ScalarFunction("typeof", FunctionCategory.Conversion, "Name of a value's type.",
        [
            new() { Parameters = [TypePattern.Any], Returns = DataType.Utf8, SeesNulls = true, Kernel = TypeNameOf },
        ])
        {
            Aliases = ["pg_typeof"],
            Examples = [new("typeof(1.5)", "decimal(2,1)")],
        },
        new SpecialForm("case", FunctionCategory.Conditional, "The value of the first branch whose condition is true; the others are not computed.",
            ["CASE WHEN condition THEN value … [ELSE value] END", "CASE operand WHEN value THEN value … [ELSE value] END"])
        {
            Examples = [new("case when 1 < 2 then 'less' else 'more' end", "less"), new("case 3 when 1 then 'one' end", "NULL")],
        },
        new SpecialForm("coalesce", FunctionCategory.Conditional, "The first value that is not null; those behind it are not computed.", ["coalesce(T, …) → T"])
        {
            Examples = [new("coalesce(null, 2, 1 / 0)", "2")],
        },
        new SpecialForm("ifnull", FunctionCategory.Conditional, "The second value where the first is null.", ["ifnull(T, T) → T"])
        {
            Aliases = ["nvl"],
            Examples = [new("ifnull(null, 'none')", "none")],
        },
        new SpecialForm("nullif", FunctionCategory.Conditional, "Null where the values are equal, otherwise the first.", ["nullif(T, T) → T"])
        {
            Examples = [new("nullif(3, 3)", "NULL")],
        },
        new SpecialForm("if", FunctionCategory.Conditional, "The second value where the condition is true, otherwise the third, or null.", ["if(boolean, T, [T]) → T"])
        {
            Aliases = ["iif"],
            Examples = [new("if(2 > 1, 'yes', 'no')", "yes")],
        },
        new SpecialForm("cast", FunctionCategory.Conversion, "The value as another type; an error of the row where it does not fit.", ["CAST(value AS type)", "value::type"])
        {
            Examples = [new("cast('12' as integer) + 1", "13"), new("'2024-02-29'::date", "2024-02-29")],
        },
        new SpecialForm("try_cast", FunctionCategory.Conversion, "The value as another type, or null where it does not fit.", ["TRY_CAST(value AS type)"])
        {
            Examples = [new("try_cast('twelve' as integer)", "NULL")],
        },
    ];

    private static ScalarOverload Extreme(ScalarKernel kernel) => new()
    {
        Parameters = [TypePattern.Variable("T"), TypePattern.Variable("T")],
        Variadic = true,
        Returns = TypePattern.Variable("T"),
        SeesNulls = true,
        Kernel = _ => kernel,
    };

    private static ScalarKernel TypeNameOf(ScalarCallSite site)
    {
        string name = site.Types[0].ToString();
        return (in KernelCall call) =>
        {
            using var builder = new BinaryBuilder(DataType.Utf8, call.Rows);
            for (int row = 0; row < call.Rows; row++)
            {
                builder.Append(name);
            }

            return builder.Build();
        };
    }
}
