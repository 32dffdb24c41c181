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
    public async Task All_lists_are_read_with_as_many_requests_as_there_are_pages_and_one(int count, int requests)
    {
        await MakeAsync(count);
        var before = portal.Requests.Count;

        Assert.Equal(Enumerable.Range(1, count).Select(id => (long?)id), await IdsAsync(null));
        Assert.Equal(requests, portal.Requests.Count - before);
    }

    [Fact]
    public async Task Lists_are_filtered_and_ordered_as_asked_for()
    {
        await MakeAsync(130);

        Assert.Equal(Enumerable.Range(1, 130).Reverse().Select(id => (long?)id), await IdsAsync(new() { Order = new CallListOrder().By(CallListField.Id, SortDirection.Descending) }));
        Assert.Equal(Enumerable.Range(101, 10).Select(id => (long?)id), await IdsAsync(new() { Filter = new CallListFilter().MoreThan(CallListFilterField.Id, 100).AtMost(CallListFilterField.Id, 110), Order = new CallListOrder() }));
        Assert.Equal(130, (await IdsAsync(new() { Order = new CallListOrder().By(CallListField.EntityTypeId).By(CallListField.Id) })).Distinct().Count());
        Assert.Equal(130, (await IdsAsync(new() { Select = [CallListField.DateCreate] })).Distinct().Count());
        await Assert.ThrowsAsync<ArgumentException>("request", () => IdsAsync(new() { Start = 50 }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lists_made_while_reading_neither_repeat_nor_hide_one(bool byId)
    {
        await MakeAsync(120);
        var order = new CallListOrder().By(byId ? CallListField.Id : CallListField.DateCreate, SortDirection.Descending).By(byId ? CallListField.DateCreate : CallListField.Id, SortDirection.Descending);
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
    public async Task A_stream_is_what_was_asked_for_at_its_beginning_and_can_be_read_twice()
    {
        await MakeAsync(60);
        var request = new ListCallListsRequest { Filter = new CallListFilter().AtLeast(CallListFilterField.Id, 5) };
        var stream = bitrix24.EnumerateCallListsAsync(request);
        request.Filter.AtMost(CallListFilterField.Id, 6);

        Assert.Equal(56, await CountAsync(stream));
        Assert.Equal(56, await CountAsync(stream));
    }

    [Fact]
    public async Task Members_are_read_over_short_pages_and_a_page_of_unreadable_ones()
    {
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, 260)] });
        portal.Contacts.AddUnreadable([.. Enumerable.Range(20, 20), .. Enumerable.Range(101, 50), 260]);

        var read = await MembersAsync(bitrix24.EnumerateCallListItemsAsync(new() { ListId = 1 }));

        Assert.Equal(Enumerable.Range(1, 260).Except([.. Enumerable.Range(20, 20), .. Enumerable.Range(101, 50), 260]).Select(id => (long)id), read);
        Assert.Equal(260 - 71, (await MembersAsync(bitrix24.EnumerateCallListItemsAsync(new() { ListId = 1, Filter = new() { Status = CallListItemStatus.InWork } }))).Count);
    }

    [Fact]
    public async Task A_first_page_without_members_is_an_error()
    {
        await bitrix24.AddCallListAsync(TestClient.Request);
        portal.Contacts.AddUnreadable(9, 17, 19);

        var exception = await Assert.ThrowsAsync<Bitrix24AccessDeniedException>(() => MembersAsync(bitrix24.EnumerateCallListItemsAsync(new() { ListId = 1 })));

        Assert.Equal(Bitrix24ErrorCode.AccessError, exception.ErrorCode);
    }

    [Fact]
    public async Task Another_refusal_on_a_later_page_is_an_error()
    {
        await bitrix24.AddCallListAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [.. Enumerable.Range(1, 120)] });
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
    public async Task Pages_are_read_when_they_are_asked_for_and_a_cancellation_ends_the_stream()
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
    public async Task A_portal_that_sends_the_same_page_for_ever_is_an_error_and_no_endless_stream(bool byId)
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":[{"ID":"1"},{"ID":"2"}]}"""));
        var request = new ListCallListsRequest { Order = new CallListOrder().By(byId ? CallListField.Id : CallListField.DateCreate) };

        var exception = await Assert.ThrowsAsync<Bitrix24TransportException>(() => CountAsync(client.Bitrix24.EnumerateCallListsAsync(request)));

        Assert.Contains("the portal repeats rows or ignores the sort order", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_portal_that_minds_no_order_is_an_error_and_no_stream_with_gaps()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":[{"ID":"1"},{"ID":"9"},{"ID":"2"}]}"""));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => CountAsync(client.Bitrix24.EnumerateCallListsAsync(new ListCallListsRequest { Select = [] })));
    }

    [Fact]
    public async Task A_checked_list_that_is_on_its_way_is_waited_for()
    {
        using var stop = new CancellationTokenSource();
        using var client = new TestClient(new StubHandler((_, _) =>
        {
            stop.Cancel();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("{\"result\":11}") });
        }));

        var made = await client.Bitrix24.AddCallListAndVerifyAsync(TestClient.Request, stop.Token);

        Assert.Equal(11, made.Id);
        Assert.IsAssignableFrom<OperationCanceledException>(made.CheckFailure);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Bitrix24.AddCallListAndVerifyAsync(TestClient.Request, stop.Token));
    }

    [Fact]
    public async Task A_list_without_an_id_is_an_error()
    {
        using var client = new TestClient(StubHandler.Answering(HttpStatusCode.OK, """{"result":[{"CREATED_BY_ID":"1"}]}"""));

        await Assert.ThrowsAsync<Bitrix24TransportException>(() => CountAsync(client.Bitrix24.EnumerateCallListsAsync()));
    }

    [Fact]
    public async Task A_checked_list_names_the_members_that_were_dropped()
    {
        portal.Contacts.AddUnreadable(3, 77);
        var entities = Enumerable.Range(1, 120).Select(id => (long)id).ToList();

        var checkedList = await bitrix24.AddCallListAndVerifyAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = entities });
        var complete = await bitrix24.AddCallListAndVerifyAsync(TestClient.Request);

        Assert.Equal((1, false, null), (checkedList.Id, checkedList.IsComplete, checkedList.CheckFailure));
        Assert.Equal([3, 77], checkedList.Dropped);
        Assert.Equal((2, true), (complete.Id, complete.IsComplete));
        Assert.Equal(2, portal.CallLists.Count);
    }

    [Fact]
    public async Task A_checked_list_that_cannot_be_looked_at_keeps_its_id()
    {
        var handler = new StubHandler((request, _) =>
        {
            var isAdd = request.RequestUri!.AbsolutePath.EndsWith("crm.calllist.add", StringComparison.Ordinal);
            return Task.FromResult(new HttpResponseMessage(isAdd ? HttpStatusCode.OK : HttpStatusCode.BadGateway) { Content = new StringContent(isAdd ? """{"result":11}""" : "<html>") });
        });
        using var client = new TestClient(handler);

        var made = await client.Bitrix24.AddCallListAndVerifyAsync(TestClient.Request);

        Assert.Equal((11, null, false), (made.Id, made.Dropped, made.IsComplete));
        Assert.IsType<Bitrix24TransportException>(made.CheckFailure);
    }

    [Fact]
    public async Task A_checked_list_that_was_not_made_is_an_exception()
    {
        await Assert.ThrowsAsync<Bitrix24InvalidRequestException>(() => bitrix24.AddCallListAndVerifyAsync(new AddCallListRequest { EntityType = CallListEntityType.Contact, Entities = [4040] }));
        await Assert.ThrowsAsync<ArgumentException>("request", () => bitrix24.AddCallListAndVerifyAsync(new AddCallListRequest()));
        await Assert.ThrowsAsync<ArgumentNullException>("request", () => bitrix24.AddCallListAndVerifyAsync(null!));
    }

    private async Task MakeAsync(int count)
    {
        await foreach (var outcome in bitrix24.AddCallListsAsync(Enumerable.Range(0, count).Select(_ => new AddCallListRequest { EntityType = CallListEntityType.Company, Entities = [5] })))
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
