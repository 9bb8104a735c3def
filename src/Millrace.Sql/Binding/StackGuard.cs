using System.Runtime.CompilerServices;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>Turns nesting that the stack cannot hold into an error.</summary>
internal static class StackGuard
{
    public static void Check(TextSpan span)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw BindingErrors.TooComplex("The statement nests too deep.", span);
        }
    }
}
