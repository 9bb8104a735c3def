namespace Millrace.TestKit.Sql;

/// <summary>
/// Rows of the shape of TPC-H: its cardinalities, keys, ranges and texts (section 4.2.3), though not the very rows of its own
/// generator. The same scale gives the same bytes on every machine.
/// </summary>
public sealed class TpchData
{
    // Part prices follow from their keys, so that lines need not look them up.
    private const int PriceBase = 90_000;
    private const int LargeOrderEvery = 1_500;
    private const int LinesAtMost = 7;

    private static readonly DateOnly FirstDay = new(1992, 1, 1);
    private static readonly DateOnly Today = new(1995, 6, 17);
    private static readonly int OrderDays = new DateOnly(1998, 12, 31).DayNumber - FirstDay.DayNumber - 151;

    private readonly TpchText _text = new();
    private readonly string _folder;
    private readonly int _suppliers;
    private readonly int _parts;
    private readonly int _customers;
    private readonly int _orders;
    private readonly int _clerks;

    private TpchData(string folder, double scale)
    {
        _folder = folder;
        _suppliers = Rows(10_000, scale);
        _parts = Rows(200_000, scale);
        _customers = Rows(150_000, scale);
        _orders = Rows(1_500_000, scale);
        _clerks = Rows(1_000, scale);
    }

    /// <summary>Writes the tables as <c>NAME.csv</c> into a folder, with bars between fields and a header.</summary>
    /// <param name="scale">1 is six million lines of orders.</param>
    public static void Write(string folder, double scale)
    {
        Directory.CreateDirectory(folder);
        var data = new TpchData(folder, scale);
        data.WriteRegions();
        data.WriteNations();
        data.WriteSuppliers();
        data.WriteParts();
        data.WritePartSuppliers();
        data.WriteCustomers();
        data.WriteOrders();
    }

    private static int Rows(int atScaleOne, double scale) => Math.Max(1, (int)Math.Round(atScaleOne * scale));

    private static int Price(int part) => PriceBase + (part / 10 % 20_001) + (100 * (part % 1_000));

    // The four suppliers of a part lie far apart and each supplies as many parts.
    private int SupplierOf(int part, int which) => ((part + (which * ((_suppliers / 4) + ((part - 1) / _suppliers)))) % _suppliers) + 1;

    private void WriteRegions()
    {
        var random = new TpchRandom(10);
        using var file = new TpchFile(_folder, TpchTables.Region);
        for (int i = 0; i < TpchText.Regions.Length; i++)
        {
            file.Add(i).Add(TpchText.Regions[i]).Add(_text.Comment(ref random, 31, 115)).EndRow();
        }
    }

    private void WriteNations()
    {
        var random = new TpchRandom(20);
        using var file = new TpchFile(_folder, TpchTables.Nation);
        for (int i = 0; i < TpchText.Nations.Length; i++)
        {
            file.Add(i).Add(TpchText.Nations[i].Name).Add(TpchText.Nations[i].Region).Add(_text.Comment(ref random, 31, 114)).EndRow();
        }
    }

    private void WriteSuppliers()
    {
        var random = new TpchRandom(30);
        using var file = new TpchFile(_folder, TpchTables.Supplier);
        for (int key = 1; key <= _suppliers; key++)
        {
            int nation = random.Next(0, TpchText.Nations.Length - 1);
            file.Add(key).Add($"Supplier#{key:D9}").Add(_text.Address(ref random)).Add(nation).Add(TpchText.Phone(ref random, nation)).AddCents(random.Next(-99_999, 999_999));

            // Five of ten thousand are complained of and five others recommended, and at least one.
            ReadOnlySpan<char> comment = _text.Comment(ref random, 25, 60);
            const int every = 2_000;
            file.Add((key % every) switch
            {
                37 => $"{comment} Customer {_text.Comment(ref random, 1, 10)} Complaints",
                74 => $"{comment} Customer {_text.Comment(ref random, 1, 10)} Recommends",
                _ => comment,
            }).EndRow();
        }
    }

    private void WriteParts()
    {
        var random = new TpchRandom(40);
        using var file = new TpchFile(_folder, TpchTables.Part);
        for (int key = 1; key <= _parts; key++)
        {
            int maker = random.Next(1, 5);
            file.Add(key).Add(TpchText.PartName(ref random)).Add($"Manufacturer#{maker}").Add($"Brand#{maker}{random.Next(1, 5)}")
                .Add($"{random.Of(TpchText.TypeSizes)} {random.Of(TpchText.TypeFinishes)} {random.Of(TpchText.TypeMetals)}")
                .Add(random.Next(1, 50)).Add($"{random.Of(TpchText.ContainerSizes)} {random.Of(TpchText.ContainerKinds)}")
                .AddCents(Price(key)).Add(_text.Comment(ref random, 5, 22)).EndRow();
        }
    }

    private void WritePartSuppliers()
    {
        var random = new TpchRandom(50);
        using var file = new TpchFile(_folder, TpchTables.PartSupp);
        for (int part = 1; part <= _parts; part++)
        {
            for (int i = 0; i < 4; i++)
            {
                file.Add(part).Add(SupplierOf(part, i)).Add(random.Next(1, 9_999)).AddCents(random.Next(100, 100_000)).Add(_text.Comment(ref random, 49, 198)).EndRow();
            }
        }
    }

    private void WriteCustomers()
    {
        var random = new TpchRandom(60);
        using var file = new TpchFile(_folder, TpchTables.Customer);
        for (int key = 1; key <= _customers; key++)
        {
            int nation = random.Next(0, TpchText.Nations.Length - 1);
            file.Add(key).Add($"Customer#{key:D9}").Add(_text.Address(ref random)).Add(nation).Add(TpchText.Phone(ref random, nation))
                .AddCents(random.Next(-99_999, 999_999)).Add(random.Of(TpchText.Segments)).Add(_text.Comment(ref random, 29, 116)).EndRow();
        }
    }

    private void WriteOrders()
    {
        var random = new TpchRandom(72);
        using var orders = new TpchFile(_folder, TpchTables.Orders);
        using var lines = new TpchFile(_folder, TpchTables.Lineitem);
        for (int i = 0; i < _orders; i++)
        {
            // Only the first 8 of 32 keys are used, and every third customer orders nothing.
            long key = ((i / 8L) * 32) + (i % 8) + 1;
            int customer = random.Next(1, _customers);
            customer = customer % 3 == 0 ? Math.Max(1, customer - 1) : customer;
            DateOnly day = FirstDay.AddDays(random.Next(0, OrderDays));
            bool isLarge = i % LargeOrderEvery == LargeOrderEvery / 2;
            int count = isLarge ? LinesAtMost : random.Next(1, LinesAtMost);
            (long total, int open) = (0, 0);
            for (int line = 1; line <= count; line++)
            {
                (long amount, bool isOpen) = WriteLine(lines, ref random, key, line, day, isLarge);
                total += amount;
                open += isOpen ? 1 : 0;
            }

            orders.Add(key).Add(customer).Add(open == 0 ? "F" : open == count ? "O" : "P").AddCents(total).Add(day).Add(random.Of(TpchText.Priorities))
                .Add($"Clerk#{random.Next(1, _clerks):D9}").Add(0).Add(_text.Comment(ref random, 19, 78)).EndRow();
        }
    }

    private (long Amount, bool IsOpen) WriteLine(TpchFile file, ref TpchRandom random, long order, int line, DateOnly day, bool isLarge)
    {
        int part = random.Next(1, _parts);
        int quantity = isLarge ? random.Next(44, 50) : random.Next(1, 50);
        long price = (long)quantity * Price(part);
        int discount = random.Next(0, 10);
        int tax = random.Next(0, 8);
        DateOnly ship = day.AddDays(random.Next(1, 121));
        DateOnly receipt = ship.AddDays(random.Next(1, 30));
        bool isOpen = ship > Today;
        file.Add(order).Add(part).Add(SupplierOf(part, random.Next(0, 3))).Add(line).AddCents(quantity * 100L).AddCents(price).AddCents(discount).AddCents(tax)
            .Add(receipt > Today ? "N" : random.Next(0, 1) == 0 ? "R" : "A").Add(isOpen ? "O" : "F").Add(ship).Add(day.AddDays(random.Next(30, 90))).Add(receipt)
            .Add(random.Of(TpchText.Instructions)).Add(random.Of(TpchText.Modes)).Add(_text.Comment(ref random, 10, 43)).EndRow();
        return (price * (100 - discount) * (100 + tax) / 10_000, isOpen);
    }
}
