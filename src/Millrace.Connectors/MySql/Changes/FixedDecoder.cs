using System.Runtime.CompilerServices;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.MySql;

/// <summary>Numbers whose bytes in the log are those of the column.</summary>
internal sealed unsafe class FixedDecoder<T>(DataType type, int capacity) : ColumnDecoder
    where T : unmanaged
{
    private readonly FixedBuilder<T> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        int start = _builder.Length;
        Span<T> values = _builder.AppendUninitialized(run.Count);
        fixed (byte* data = run.Data)
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (run.Lengths[i] == sizeof(T))
                {
                    values[i] = Unsafe.ReadUnaligned<T>(data + run.Starts[i]);
                    continue;
                }

                values[i] = default;
                _builder.SetNull(start + i);
            }
        }
    }
}
