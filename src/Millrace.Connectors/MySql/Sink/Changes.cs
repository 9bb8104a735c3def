using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.MySql;

/// <summary>Looks at what happened to rows.</summary>
internal static class Changes
{
    /// <summary>Whether a row's operation is one of the codes.</summary>
    public static bool Is(BinaryColumn op, int row, string code)
        => op.Validity[row] && Encoding.UTF8.GetString(op.Data[op.Offsets[row]..op.Offsets[row + 1]]) == code;

    /// <summary>The last row with an operation; -1 for none.</summary>
    public static int LastOf(BinaryColumn op, string code)
    {
        for (int row = op.Length - 1; row >= 0; row--)
        {
            if (Is(op, row, code))
            {
                return row;
            }
        }

        return -1;
    }
}
