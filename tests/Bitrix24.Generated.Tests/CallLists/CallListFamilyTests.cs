using System.Net;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

public sealed class CallListFamilyTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public CallListFamilyTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 200)]);
        portal.Companies.Add(5);
        portal.Webforms.Add(1, 5);
        bitrix24 = TestClient.On(portal.WebhookUrl);
    }

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task GetCallListAsync_parses_ids_and_date_without_time_zone()
    {
        await bitrix24.AddCallListAsync(TestClient.Request);
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [5] });

        var first = (await bitrix24.GetCallListAsync(new GetCallListRequest { Id = 1 })).Result;
        var second = (await bitrix24.GetCallListAsync(new GetCallListRequest { Id = 2 })).Result;

        Assert.Equal(
            (1, 1, 1L, 3L, CallListEntityType.Contact),
            (first.Id, first.CreatedById, first.WebformId, first.EntityTypeId, first.EntityType)
        );
        Assert.Equal((2, null, 4L, CallListEntityType.Company), (second.Id, second.WebformId, second.EntityTypeId, second.EntityType));
        Assert.Equal(DateTimeKind.Unspecified, first.CreatedAt!.Value.Kind);
        Assert.Equal(
            first.DateCreate,
            first.CreatedAt.Value.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)
        );
        Assert.Null(new CallList { DateCreate = "yesterday" }.CreatedAt);
    }

    [Fact]
    public async Task ListCallListsAsync_selects_filters_sorts_and_pages()
    {
        for (var list = 0; list < 60; list++)
        {
            await bitrix24.AddCallListAsync(
                new AddCallListRequest
                {
                    EntityType = list % 2 == 0 ? CallListEntityType.Contact : CallListEntityType.Company,
                    Entities = [5],
                    WebformId = list < 10 ? 1 : null,
                }
            );
        }

        async Task<List<long?>> Ids(ListCallListsRequest request) =>
            [.. (await bitrix24.ListCallListsAsync(request)).Result.Select(list => list.Id)];

        Assert.Equal(50, (await Ids(new())).Count);
        Assert.Equal(10, (await Ids(new() { Start = 50 })).Count);
        Assert.Equal(60, (await Ids(new() { Start = -1 })).Count);
        Assert.Equal([60, 59], (await Ids(new() { Order = new CallListOrder().By(CallListField.Id, SortDirection.Descending) })).Take(2));
        Assert.Equal(
            [2, 4],
            await Ids(new() { Filter = new CallListFilter().Equal(CallListFilterField.EntityTypeId, 4).AtMost(CallListFilterField.Id, 5) })
        );
        Assert.Equal(
            [7, 8],
            await Ids(new() { Filter = new CallListFilter().MoreThan(CallListFilterField.Id, 6).LessThan(CallListFilterField.Id, 9) })
        );
        Assert.Equal([3, 5], await Ids(new() { Filter = new CallListFilter().In(CallListFilterField.Id, [3, 5, 900]) }));
        Assert.Equal(
            [59, 60],
            await Ids(new() { Filter = new CallListFilter().NotIn(CallListFilterField.Id, [58]).AtLeast(CallListFilterField.Id, 58) })
        );
        Assert.Equal(
            [2],
            await Ids(
                new()
                {
                    Filter = new CallListFilter()
                        .AtMost(CallListFilterField.Id, 2)
                        .NotEqual(CallListFilterField.Id, 1)
                        .Equal(CallListFilterField.WebformId, 1),
                }
            )
        );
        var selected = (
            await bitrix24.ListCallListsAsync(
                new()
                {
                    Select = [CallListField.Id, CallListField.DateCreate],
                    Filter = new CallListFilter().Equal(CallListFilterField.Id, 1),
                }
            )
        ).Result.Single();
        Assert.Equal((1L, null, null), (selected.Id, selected.CreatedById, selected.EntityTypeId));
        Assert.NotNull(selected.CreatedAt);

        var exception = await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            bitrix24.ListCallListsAsync(new() { Select = [new CallListField("TITLE")] })
        );
        Assert.Equal((Bitrix24ErrorCode.Unknown, "100"), (exception.ErrorCode, exception.RawErrorCode));
        await Assert.ThrowsAsync<ArgumentException>(() => bitrix24.ListCallListsAsync(new() { Start = -2 }));
    }

    [Fact]
    public void ListCallListsAsync_invalid_filter_or_order_throws()
    {
        Assert.Throws<ArgumentException>(
            "field",
            () => new CallListFilter().Equal(CallListFilterField.Id, 1).Equal(CallListFilterField.Id, 2)
        );
        Assert.Throws<ArgumentException>("field", () => new CallListFilter().Equal((CallListFilterField)99, 1));
        Assert.Throws<ArgumentException>("values", () => new CallListFilter().In(CallListFilterField.Id, []));
        Assert.Throws<ArgumentNullException>("values", () => new CallListFilter().NotIn(CallListFilterField.Id, null!));
        Assert.Throws<ArgumentException>("field", () => new CallListOrder().By(CallListField.Id).By(CallListField.Id));
        Assert.Throws<ArgumentException>("field", () => new CallListOrder().By(default));
        Assert.Throws<ArgumentException>("direction", () => new CallListOrder().By(CallListField.Id, (SortDirection)9));
    }

    [Fact]
    public async Task ListCallListItemsAsync_page_is_cut_before_unreadable_items_are_removed()
    {
        await bitrix24.AddCallListAsync(
            new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, 120)] }
        );
        portal.Contacts.AddUnreadable([.. Enumerable.Range(1, 45)]);

        Task<ListCallListItemsResponse> Page(long start) => bitrix24.ListCallListItemsAsync(new() { ListId = 1, Start = start });

        Assert.Equal([46, 47, 48, 49, 50], (await Page(0)).Result.Select(item => item.Id));
        Assert.Equal(50, (await Page(50)).Result.Count);
        Assert.Equal(20, (await Page(100)).Result.Count);
        Assert.Equal(Bitrix24ErrorCode.AccessError, (await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(() => Page(150))).ErrorCode);
        Assert.All((await Page(100)).Result, item => Assert.Equal((CallListItemStatus.InWork, 3L), (item.Status, item.EntityType)));
        var exception = await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            bitrix24.ListCallListItemsAsync(
                new()
                {
                    ListId = 1,
                    Filter = new() { Status = new CallListItemStatus("NONE") },
                }
            )
        );
        Assert.Equal(Bitrix24ErrorCode.StatusError, exception.ErrorCode);
    }

    [Fact]
    public async Task ListCallListStatusesAsync_sends_no_parameters()
    {
        var statuses = (await bitrix24.ListCallListStatusesAsync()).Result;

        Assert.Equal(
            [CallListItemStatus.InWork, CallListItemStatus.Success, CallListItemStatus.WrongNumber, CallListItemStatus.StopCalling],
            statuses.Select(status => status.StatusId)
        );
        Assert.Equal("{}", portal.Requests.Single().Body);
    }

    [Fact]
    public async Task UpdateCallListAsync_replaces_items_and_clears_webform_only_on_request()
    {
        await bitrix24.AddCallListAsync(TestClient.Request);
        UpdateCallListRequest Update() =>
            new()
            {
                ListId = 1,
                EntityType = CallListEntityType.Contact,
                Entities = [4, 5],
            };

        var exception = await Assert.ThrowsAsync<ArgumentException>("request", () => bitrix24.UpdateCallListAsync(Update()));
        Assert.StartsWith("WebformId is not set, which clears the webform of the list.", exception.Message, StringComparison.Ordinal);
        var both = Update();
        (both.WebformId, both.ClearWebform) = (5, true);
        await Assert.ThrowsAsync<ArgumentException>("request", () => bitrix24.UpdateCallListAsync(both));
        Assert.Single(portal.Requests);

        var withForm = Update();
        withForm.WebformId = 5;
        Assert.True((await bitrix24.UpdateCallListAsync(withForm)).Result);
        Assert.Equal(5, portal.CallLists[0].WebformId);
        Assert.Equal([4, 5], portal.CallLists[0].Entities);

        var withoutForm = Update();
        withoutForm.ClearWebform = true;
        await bitrix24.UpdateCallListAsync(withoutForm);
        Assert.Null(portal.CallLists[0].WebformId);
        Assert.DoesNotContain("WEBFORM_ID", portal.Requests[^1].Body, StringComparison.Ordinal);

        withForm.EntityType = CallListEntityType.Company;
        withForm.Entities = [5];
        Assert.Equal(
            Bitrix24ErrorCode.EntityTypeError,
            (await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => bitrix24.UpdateCallListAsync(withForm))).ErrorCode
        );
    }

    [Theory]
    [InlineData("false")]
    [InlineData("1")]
    [InlineData("\"true\"")]
    [InlineData("null")]
    public async Task UpdateCallListAsync_result_other_than_true_throws(string result)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, $$"""{"result":{{result}}}"""));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            client.Bitrix24.UpdateCallListAsync(
                new()
                {
                    ListId = 1,
                    EntityType = CallListEntityType.Contact,
                    Entities = [1],
                    ClearWebform = true,
                }
            )
        );
    }
}
