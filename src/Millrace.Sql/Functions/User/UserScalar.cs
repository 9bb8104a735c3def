using System.Collections.Concurrent;
using System.Reflection;
using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Overloads whose kernels call methods of the user.</summary>
internal static class UserScalar
{
    /// <summary>The overload of a method.</summary>
    /// <param name="function">Name of the function, for messages.</param>
    /// <param name="method">The method.</param>
    public static ScalarOverload Of(string function, MethodInfo method)
    {
        UserMethod called = UserMethod.Of(method);
        UserType result = UserType.Of(method.ReturnParameter, method.ReturnType, $"The result of {UserMethod.NameOf(method)}");
        var loops = new ConcurrentDictionary<int, CallLoop>();
        return new ScalarOverload
        {
            Parameters = called.Patterns,
            Optional = called.Optional,
            Variadic = called.Variadic is not null,
            Returns = result.Result,
            SeesNulls = called.SeesNulls,
            Kernel = site =>
            {
                int arguments = site.Types.Count;
                CallLoop loop = loops.GetOrAdd(arguments, count => RowLoops.Call(called, count, result));
                ValueReader[] readers = [.. Enumerable.Range(0, arguments).Select(i => called.Type(i).CreateReader())];
                ValueWriter writer = result.CreateWriter();
                return (in KernelCall call) => Run(function, loop, readers, writer, call);
            },
        };
    }

    private static Column Run(string function, CallLoop loop, ValueReader[] readers, ValueWriter writer, in KernelCall call)
    {
        for (int i = 0; i < readers.Length; i++)
        {
            readers[i].Bind(call.Arguments[i]);
        }

        using ColumnBuilder builder = ColumnBuilder.Create(call.Type, call.Rows);
        writer.Attach(builder);
        for (int row = 0; row < call.Rows; row++)
        {
            try
            {
                loop(readers, writer, ref row, call.Rows);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Report(function, e, row, call.Faults);
                builder.Truncate(row);
                builder.AppendNull();
            }
        }

        return builder.Build();
    }

    private static void Report(string function, Exception error, int row, RowFaults faults)
    {
        if (faults.Wants(row))
        {
            Fault fault = UserFunctionErrors.Threw(function, error);
            faults.Add(row, fault.Code, fault.Message);
        }
    }
}
