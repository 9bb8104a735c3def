using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Functions;

/// <summary>
/// Calls functions of the table directly. Every call is made with each argument as a constant and as a column, in all
/// combinations; columns are slices that have nulls beside the value. All must agree, and nothing may stay rented.
/// </summary>
public static class Call
{
    // The value stands in this row; the rows around it have nulls.
    private const int ValueRow = 1;
    private const int RowCount = 3;

    public static EvaluationContext Context { get; } = new()
    {
        Now = new DateTimeOffset(2024, 5, 17, 10, 20, 30, TimeSpan.Zero),
        MaxValueBytes = 1 << 20,
        PatternTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>The result as printed; <c>NULL</c> for null. A fault fails the test.</summary>
    public static string Eval(string function, params object?[] arguments) => EvalIn(Context, function, arguments);

    public static string EvalIn(EvaluationContext context, string function, params object?[] arguments)
    {
        (string result, RowFault? fault) = Run(context, function, arguments);
        Assert.True(fault is null, $"{function}: {fault?.Message}");
        return result;
    }

    /// <summary>The code and message of the fault that a call must make.</summary>
    public static string Fault(string function, params object?[] arguments) => FaultIn(Context, function, arguments);

    public static string FaultIn(EvaluationContext context, string function, params object?[] arguments)
    {
        (string result, RowFault? fault) = Run(context, function, arguments);
        Assert.True(fault is not null, $"{function} gave {result} without a fault.");
        Assert.Equal("NULL", result);
        Assert.Equal(ErrorClass.Data, fault.Value.Code.Class);
        return $"{fault.Value.Code.Id} {fault.Value.Message}";
    }

    /// <summary>The type of a call's result.</summary>
    public static DataType TypeOf(string function, params object?[] arguments)
    {
        (ScalarOverload overload, DataType[] types) = Overloads.Find(function, arguments);
        return Overloads.Result(overload, Site(types, arguments, 0));
    }

    private static (string Result, RowFault? Fault) Run(EvaluationContext context, string function, object?[] arguments)
    {
        (ScalarOverload overload, DataType[] types) = Overloads.Find(function, arguments);
        string? result = null;
        RowFault? fault = null;
        for (int mask = 0; mask < 1 << Math.Min(arguments.Length, 5); mask++)
        {
            string found = "";
            RowFault? foundFault = null;
            LeakCheck.Run(() => (found, foundFault) = RunOnce(context, overload, types, arguments, mask));
            if (result is not null)
            {
                Assert.True((result, fault?.Message) == (found, foundFault?.Message), $"{function}: {found} {foundFault?.Message} with columns {mask:b}, {result} {fault?.Message} before.");
            }

            (result, fault) = (found, foundFault);
        }

        return (result!, fault);
    }

    private static (string Result, RowFault? Fault) RunOnce(EvaluationContext context, ScalarOverload overload, DataType[] types, object?[] arguments, int columns)
    {
        ScalarCallSite site = Site(types, arguments, columns);
        site = site with { Result = Overloads.Result(overload, site) };
        var vectors = new Vector[arguments.Length];
        var faults = new RowFaults();
        try
        {
            for (int i = 0; i < vectors.Length; i++)
            {
                bool isColumn = (columns & (1 << i)) != 0;
                object? other = arguments[i];
                using Column all = isColumn ? TestColumns.Make(types[i], other, other, null, arguments[i], null, other) : TestColumns.Make(types[i], other, arguments[i]);
                vectors[i] = new Vector(isColumn ? all.Slice(2, RowCount) : all.Slice(1, 1), !isColumn);
            }

            ScalarKernel kernel = overload.Kernel(site);
            using Column result = kernel(new KernelCall { Arguments = vectors, Rows = RowCount, Type = site.Result, Faults = faults, Context = context });
            Assert.Equal(RowCount, result.Length);
            Assert.Equal(site.Result, result.Type);
            if (columns == 0)
            {
                Assert.Equal(TestColumns.Print(result, 0), TestColumns.Print(result, 2));
            }

            RowFault? fault = faults.All.Cast<RowFault?>().FirstOrDefault(f => f!.Value.Row == ValueRow);
            return (TestColumns.Print(result, ValueRow), fault);
        }
        finally
        {
            foreach (Vector vector in vectors)
            {
                vector.Column?.Dispose();
            }
        }
    }

    private static ScalarCallSite Site(DataType[] types, object?[] arguments, int columns)
    {
        var constants = new object?[]?[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            object? value = arguments[i] is Typed typed ? typed.Value : arguments[i];
            constants[i] = (columns & (1 << i)) == 0 && value is null or string or bool ? [value] : null;
        }

        return new ScalarCallSite(types, constants);
    }
}
