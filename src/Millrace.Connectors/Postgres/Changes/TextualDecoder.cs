using System.Text;
using Millrace.Columnar;
using Millrace.Connectors.Common;

namespace Millrace.Connectors.Postgres;

/// <summary>Values of rare types, one by one.</summary>
internal sealed class TextualDecoder(DataType type, ValueText write, int capacity) : ColumnDecoder
{
    private readonly BinaryBuilder _builder = new(type, capacity);
    private readonly StringBuilder _text = new();

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
                continue;
            }

            var value = new MessageBytes(run[i]);
            write(ref value, run[i], _text.Clear());
            _builder.Append(_text.ToString());
        }
    }
}

/// <summary>Money is a count of cents; how many make a unit is a matter of the server's locale, and two digits are read.</summary>
internal sealed class MoneyDecoder(DataType type, int capacity) : ColumnDecoder
{
    private readonly FixedBuilder<Int128> _builder = new(type, capacity);

    public override ColumnBuilder Builder => _builder;

    public override void Decode(FieldRun run, BadValues bad)
    {
        for (int i = 0; i < run.Count; i++)
        {
            if (run.IsNull(i))
            {
                _builder.AppendNull();
            }
            else
            {
                _builder.Append(new MessageBytes(run[i]).Int64());
            }
        }
    }
}
