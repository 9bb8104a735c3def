using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Millrace.Columnar.Interop;

namespace Millrace.Columnar.Tests.Interop;

/// <summary>Releasing a node releases what hangs on it, but for what a consumer moved away.</summary>
public sealed unsafe class ArrowReleaseTests
{
    private static readonly Field Example = new("s", DataType.Struct(new Field("a", DataType.Dictionary(DataType.Utf8)), new Field("b", DataType.List(DataType.Int32))));

    [ThreadStatic]
    private static int _released;

    private static delegate* unmanaged[Cdecl]<ArrowSchema*, void> _original;

    [Fact]
    public void A_type_releases_its_children_and_the_values_of_dictionaries()
    {
        ArrowSchema schema;
        ArrowExport.Export(Example, &schema);
        _released = 0;
        Observe(schema.Children[0]->Dictionary);
        Observe(schema.Children[1]->Children[0]);
        schema.Release(&schema);
        Assert.Equal(2, _released);
        Assert.True(schema.Release == null);
    }

    [Fact]
    public void A_child_that_was_moved_away_lives_on()
    {
        ArrowSchema schema;
        ArrowExport.Export(Example, &schema);
        ArrowSchema kept = *schema.Children[1];
        schema.Children[1]->Release = null;
        schema.Release(&schema);
        Assert.Equal("+l", Marshal.PtrToStringUTF8((nint)kept.Format));
        kept.Release(&kept);
        Assert.True(kept.Release == null);
    }

    // Stands before the node's own release and calls it, so that nothing leaks.
    private static void Observe(ArrowSchema* node)
    {
        _original = node->Release;
        node->Release = &Count;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Count(ArrowSchema* schema)
    {
        _released++;
        _original(schema);
    }
}
