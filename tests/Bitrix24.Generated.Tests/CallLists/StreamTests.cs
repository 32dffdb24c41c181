using System.Net;
using Bitrix24.Testing;

namespace Bitrix24.Tests;

public sealed class StreamTests : IDisposable
{
    private readonly SimulatedPortal portal = SimulatedPortal.Start();
    private readonly Bitrix24Client bitrix24;

    public StreamTests()
    {
        portal.Contacts.Add([.. Enumerable.Range(1, 1000)]);
        portal.Companies.Add(5);
        portal.Webforms.Add(1);
        bitrix24 = TestClient.On(portal.WebhookUrl);
    }

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(50, 2)]
    [InlineData(120, 4)]
    public async Task EnumerateCallListsAsync_sends_one_request_per_page_and_one_more(int count, int requests)
    {
        await MakeAsync(count);
        var before = portal.Requests.Count;

        Assert.Equal(Enumerable.Range(1, count).Select(id => (long?)id), await IdsAsync(null));
        Assert.Equal(requests, portal.Requests.Count - before);
    }

    [Fact]
    public async Task EnumerateCallListsAsync_applies_filter_and_order()
    {
        await MakeAsync(130);

        Assert.Equal(
            Enumerable.Range(1, 130).Reverse().Select(id => (long?)id),
            await IdsAsync(new() { Order = new CallListOrder().By(CallListField.Id, SortDirection.Descending) })
        );
        Assert.Equal(
            Enumerable.Range(101, 10).Select(id => (long?)id),
            await IdsAsync(
                new()
                {
                    Filter = new CallListFilter().MoreThan(CallListFilterField.Id, 100).AtMost(CallListFilterField.Id, 110),
                    Order = new CallListOrder(),
                }
            )
        );
        Assert.Equal(
            130,
            (await IdsAsync(new() { Order = new CallListOrder().By(CallListField.EntityTypeId).By(CallListField.Id) })).Distinct().Count()
        );
        Assert.Equal(130, (await IdsAsync(new() { Select = [CallListField.DateCreate] })).Distinct().Count());
        await Assert.ThrowsAsync<ArgumentException>("request", () => IdsAsync(new() { Start = 50 }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EnumerateCallListsAsync_list_created_meanwhile_repeats_and_hides_none(bool byId)
    {
        await MakeAsync(120);
        var order = new CallListOrder()
            .By(byId ? CallListField.Id : CallListField.DateCreate, SortDirection.Descending)
            .By(byId ? CallListField.DateCreate : CallListField.Id, SortDirection.Descending);
        var read = new List<long?>();

        await foreach (var list in bitrix24.EnumerateCallListsAsync(new() { Order = order }))
        {
            read.Add(list.Id);
            if (read.Count % 40 == 0)
            {
                await MakeAsync(7);
            }
        }

        Assert.Equal(Enumerable.Range(1, 120).Reverse().Select(id => (long?)id), read);
    }

    [Fact]
    public async Task Stream_uses_the_request_as_of_its_start_and_can_be_read_twice()
    {
        await MakeAsync(60);
        var request = new ListCallListsRequest { Filter = new CallListFilter().AtLeast(CallListFilterField.Id, 5) };
        var stream = bitrix24.EnumerateCallListsAsync(request);
        request.Filter.AtMost(CallListFilterField.Id, 6);

        Assert.Equal(56, await CountAsync(stream));
        Assert.Equal(56, await CountAsync(stream));
    }

    [Fact]
    public async Task EnumerateCallListItemsAsync_continues_after_short_and_unreadable_pages()
    {
        await bitrix24.AddCallListAsync(
            new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, 260)] }
        );
        portal.Contacts.AddUnreadable([.. Enumerable.Range(20, 20), .. Enumerable.Range(101, 50), 260]);

        var read = await MembersAsync(bitrix24.EnumerateCallListItemsAsync(new() { ListId = 1 }));

        Assert.Equal(
            Enumerable.Range(1, 260).Except([.. Enumerable.Range(20, 20), .. Enumerable.Range(101, 50), 260]).Select(id => (long)id),
            read
        );
        Assert.Equal(
            260 - 71,
            (
                await MembersAsync(
                    bitrix24.EnumerateCallListItemsAsync(
                        new()
                        {
                            ListId = 1,
                            Filter = new() { Status = CallListItemStatus.InWork },
                        }
                    )
                )
            ).Count
        );
    }

    [Fact]
    public async Task EnumerateCallListItemsAsync_empty_first_page_throws()
    {
        await bitrix24.AddCallListAsync(TestClient.Request);
        portal.Contacts.AddUnreadable(9, 17, 19);

        var exception = await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(() =>
            MembersAsync(bitrix24.EnumerateCallListItemsAsync(new() { ListId = 1 }))
        );

        Assert.Equal(Bitrix24ErrorCode.AccessError, exception.ErrorCode);
    }

    [Fact]
    public async Task EnumerateCallListItemsAsync_other_error_on_a_later_page_throws()
    {
        await bitrix24.AddCallListAsync(
            new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, 120)] }
        );
        var read = 0;

        await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(async () =>
        {
            await foreach (var _ in bitrix24.EnumerateCallListItemsAsync(new() { ListId = 1 }))
            {
                if (++read == 50)
                {
                    portal.FailNext(SimulatedFault.Error(HttpStatusCode.Forbidden, "insufficient_scope"));
                }
            }
        });
        Assert.Equal(50, read);
    }

    [Fact]
    public async Task Stream_requests_pages_on_demand_and_ends_on_cancellation()
    {
        await MakeAsync(120);
        var before = portal.Requests.Count;
        using var stop = new CancellationTokenSource();
        var read = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in bitrix24.EnumerateCallListsAsync().WithCancellation(stop.Token))
            {
                read++;
                if (read == 50)
                {
                    Assert.Equal(1, portal.Requests.Count - before);
                    await stop.CancelAsync();
                }
            }
        });
        Assert.Equal(50, read);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_same_page_again_throws_instead_of_never_ending(bool byId)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":[{"ID":"1"},{"ID":"2"}]}"""));
        var request = new ListCallListsRequest { Order = new CallListOrder().By(byId ? CallListField.Id : CallListField.DateCreate) };

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            CountAsync(client.Bitrix24.EnumerateCallListsAsync(request))
        );

        Assert.Contains("the portal repeats rows or ignores the sort order", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_unordered_pages_throw_instead_of_leaving_gaps()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":[{"ID":"1"},{"ID":"9"},{"ID":"2"}]}"""));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() =>
            CountAsync(client.Bitrix24.EnumerateCallListsAsync(new ListCallListsRequest { Select = [] }))
        );
    }

    [Fact]
    public async Task AddCallListAndVerifyAsync_canceled_in_flight_returns_the_id()
    {
        using var stop = new CancellationTokenSource();
        using var client = new TestClient(
            new StubHandler(
                (_, _) =>
                {
                    stop.Cancel();
                    return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"result\":11}") });
                }
            )
        );

        var made = await client.Bitrix24.AddCallListAndVerifyAsync(TestClient.Request, stop.Token);

        Assert.Equal(11, made.Id);
        Assert.IsAssignableFrom<OperationCanceledException>(made.CheckFailure);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            client.Bitrix24.AddCallListAndVerifyAsync(TestClient.Request, stop.Token)
        );
    }

    [Fact]
    public async Task EnumerateCallListsAsync_list_without_id_throws()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":[{"CREATED_BY_ID":"1"}]}"""));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => CountAsync(client.Bitrix24.EnumerateCallListsAsync()));
    }

    [Fact]
    public async Task AddCallListAndVerifyAsync_returns_the_dropped_ids()
    {
        portal.Contacts.AddUnreadable(3, 77);
        var entities = Enumerable.Range(1, 120).Select(id => (long)id).ToList();

        var checkedList = await bitrix24.AddCallListAndVerifyAsync(
            new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = entities }
        );
        var complete = await bitrix24.AddCallListAndVerifyAsync(TestClient.Request);

        Assert.Equal((1, false, null), (checkedList.Id, checkedList.IsComplete, checkedList.CheckFailure));
        Assert.Equal([3, 77], checkedList.Dropped);
        Assert.Equal((2, true), (complete.Id, complete.IsComplete));
        Assert.Equal(2, portal.CallLists.Count);
    }

    [Fact]
    public async Task AddCallListAndVerifyAsync_failed_verification_keeps_the_id()
    {
        var handler = new StubHandler(
            (request, _) =>
            {
                var isAdd = request.RequestUri!.AbsolutePath.EndsWith("crm.calllist.add", StringComparison.Ordinal);
                return Task.FromResult(
                    new HttpResponseMessage(isAdd ? HttpStatusCode.OK : HttpStatusCode.BadGateway)
                    {
                        Content = new StringContent(isAdd ? """{"result":11}""" : "<html>"),
                    }
                );
            }
        );
        using var client = new TestClient(handler);

        var made = await client.Bitrix24.AddCallListAndVerifyAsync(TestClient.Request);

        Assert.Equal((11, null, false), (made.Id, made.Dropped, made.IsComplete));
        Assert.IsType<Bitrix24TransportException>(made.CheckFailure);
    }

    [Fact]
    public async Task AddCallListAndVerifyAsync_list_not_created_throws()
    {
        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() =>
            bitrix24.AddCallListAndVerifyAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [4040] })
        );
        await Assert.ThrowsAsync<ArgumentException>("request", () => bitrix24.AddCallListAndVerifyAsync(new AddCallListRequest()));
        await Assert.ThrowsAsync<ArgumentNullException>("request", () => bitrix24.AddCallListAndVerifyAsync(null!));
    }

    private async Task MakeAsync(int count)
    {
        await foreach (
            var outcome in bitrix24.AddCallListsAsync(
                Enumerable.Range(0, count).Select(_ => new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [5] })
            )
        )
        {
            Assert.NotNull(outcome.Id);
        }
    }

    private async Task<List<long?>> IdsAsync(ListCallListsRequest? request)
    {
        var ids = new List<long?>();
        await foreach (var list in bitrix24.EnumerateCallListsAsync(request))
        {
            ids.Add(list.Id);
        }

        return ids;
    }

    private static async Task<int> CountAsync(IAsyncEnumerable<CallListSummary> lists)
    {
        var count = 0;
        await foreach (var _ in lists)
        {
            count++;
        }

        return count;
    }

    private static async Task<List<long>> MembersAsync(IAsyncEnumerable<CallListItem> items)
    {
        var ids = new List<long>();
        await foreach (var item in items)
        {
            ids.Add(item.Id);
        }

        return ids;
    }
}
