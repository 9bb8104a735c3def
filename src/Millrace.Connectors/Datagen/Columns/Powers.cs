namespace Millrace.Connectors.Datagen;

/// <summary>Powers of ten, up to the digits of the widest decimal.</summary>
internal static class Powers
{
    public static Int128 OfTen(int exponent)
    {
        Int128 power = 1;
        for (int i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
