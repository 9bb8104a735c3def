using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Arguments of any types as texts. Owns what it converts; dispose it after use.</summary>
internal sealed class TextOperands : IDisposable
{
    private readonly Vector[] _texts;

    public TextOperands(in KernelCall call, int first)
    {
        _texts = new Vector[Math.Max(0, call.Arguments.Length - first)];
        try
        {
            for (int i = 0; i < _texts.Length; i++)
            {
                Vector argument = call.Arguments[first + i];
                _texts[i] = argument with { Column = ZoneCasts.ToText(argument.Column, call.Context.TimeZone) };
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Count => _texts.Length;

    public bool IsNull(int operand, int row) => _texts[operand].IsNull(row);

    public ReadOnlySpan<byte> this[int operand, int row]
    {
        get
        {
            Vector text = _texts[operand];
            return ((BinaryColumn)text.Column)[row * text.Step];
        }
    }

    public void Dispose()
    {
        foreach (Vector text in _texts)
        {
            text.Column?.Dispose();
        }
    }
}
