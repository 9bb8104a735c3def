using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>JSON of values of any types: numbers with all their digits, structs and maps as objects, dates and the like as strings.</summary>
internal static class JsonMaking
{
    public static Column ToJson(in KernelCall call)
    {
        using var buffer = new ByteBuffer();
        return Rows.Text(call, new ToJsonRow(call.Arguments[0], JsonValueWriter.Create(call.Arguments[0].Column), buffer));
    }

    /// <summary>An object of names and values in turn.</summary>
    public static Column Object(in KernelCall call)
    {
        using var buffer = new ByteBuffer();
        using var names = new TextOperands(call, 0);
        using var result = new BinaryBuilder(call.Type, call.Rows);
        JsonValueWriter[] writers = Writers(call);
        for (int row = 0; row < call.Rows; row++)
        {
            buffer.Truncate();
            string? problem = writers.Length % 2 == 0 ? null : "json_object: a name is without a value; arguments go in pairs.";
            buffer.Write((byte)'{');
            for (int i = 0; i + 1 < writers.Length && problem is null; i += 2)
            {
                problem = names.IsNull(i, row) ? $"json_object: argument {i + 1} is null, which cannot be a name." : null;
                if (problem is null)
                {
                    Separate(buffer);
                    JsonString.Write(names[i, row], buffer);
                    buffer.Write((byte)':');
                    Write(writers, call, i + 1, row, buffer);
                }
            }

            buffer.Write((byte)'}');
            Finish(call, row, problem, buffer, result);
        }

        return result.Build();
    }

    /// <summary>An array; nulls stand in it or are left out.</summary>
    public static ScalarKernel Array(bool withNulls) => (in KernelCall call) =>
    {
        using var buffer = new ByteBuffer();
        using var result = new BinaryBuilder(call.Type, call.Rows);
        JsonValueWriter[] writers = Writers(call);
        for (int row = 0; row < call.Rows; row++)
        {
            buffer.Truncate();
            buffer.Write((byte)'[');
            for (int i = 0; i < writers.Length; i++)
            {
                if (withNulls || !call.Arguments[i].IsNull(row))
                {
                    Separate(buffer);
                    Write(writers, call, i, row, buffer);
                }
            }

            buffer.Write((byte)']');
            Finish(call, row, null, buffer, result);
        }

        return result.Build();
    };

    private static JsonValueWriter[] Writers(in KernelCall call)
    {
        var writers = new JsonValueWriter[call.Arguments.Length];
        for (int i = 0; i < writers.Length; i++)
        {
            writers[i] = JsonValueWriter.Create(call.Arguments[i].Column);
        }

        return writers;
    }

    private static void Write(JsonValueWriter[] writers, in KernelCall call, int argument, int row, ByteBuffer buffer)
        => writers[argument].Write(row * call.Arguments[argument].Step, buffer);

    private static void Separate(ByteBuffer buffer)
    {
        if (buffer.Length > 1)
        {
            buffer.Write((byte)',');
        }
    }

    private static void Finish(in KernelCall call, int row, string? problem, ByteBuffer buffer, BinaryBuilder result)
    {
        if (problem is null && buffer.Length <= call.Context.MaxValueBytes)
        {
            result.Append(buffer.Written);
            return;
        }

        call.Faults.Add(row, problem is null ? FunctionErrors.ValueTooLargeCode : FunctionErrors.ArgumentCode, problem ?? FunctionErrors.TooLarge("json", buffer.Length, call.Context.MaxValueBytes));
        result.AppendNull();
    }

    private readonly struct ToJsonRow(Vector value, JsonValueWriter writer, ByteBuffer buffer) : IBuilderRow<BinaryBuilder>
    {
        public void Append(int row, BinaryBuilder result)
        {
            buffer.Truncate();
            writer.Write(row * value.Step, buffer);
            result.Append(buffer.Written);
        }
    }
}
