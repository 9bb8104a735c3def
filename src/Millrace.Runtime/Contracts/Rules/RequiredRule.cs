using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Every row has a value.</summary>
internal sealed class RequiredRule(string column) : ContractRule(column, "required", ContractErrors.RequiredCode)
{
    public override string Expected => "expected a value";

    public override bool HoldsForAll(Column column) => !column.HasNulls;

    public override void Mark(Column column, Span<ulong> broken)
    {
        Bitmap validity = column.Validity;
        for (int row = 0; row < column.Length; row++)
        {
            if (!validity[row])
            {
                Break(broken, row);
            }
        }
    }
}
